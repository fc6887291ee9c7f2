import { Label } from './columns.js';

/** `[true class][predicted class]`, as scikit-learn lays it out. */
export type ConfusionMatrix = readonly [readonly [number, number], readonly [number, number]];

export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

export interface Evaluation {
  readonly confusion: ConfusionMatrix;
  readonly accuracy: number;
  /** By class; a model is judged by class 1. */
  readonly classes: readonly [ClassScores, ClassScores];
}

export function evaluate(truth: readonly Label[], predicted: readonly Label[]): Evaluation {
  if (truth.length !== predicted.length) throw new RangeError('as many predictions as true labels are needed');
  const cells = [0, 0, 0, 0];
  truth.forEach((label, row) => (cells[2 * label + predicted[row]!]! += 1));
  const [tn, fp, fn, tp] = cells as [number, number, number, number];
  return {
    confusion: [
      [tn, fp],
      [fn, tp],
    ],
    accuracy: ratio(tn + tp, truth.length),
    classes: [scores(tn, fn, fp), scores(tp, fp, fn)],
  };
}

function scores(hits: number, falseAlarms: number, misses: number): ClassScores {
  return {
    precision: ratio(hits, hits + falseAlarms),
    recall: ratio(hits, hits + misses),
    f1: ratio(2 * hits, 2 * hits + falseAlarms + misses),
    support: hits + misses,
  };
}

/** Nothing to divide by is 0, scikit-learn's `zero_division`. */
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
