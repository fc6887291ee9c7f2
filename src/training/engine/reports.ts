import { ClassScores, ConfusionMatrix, Evaluation } from './metrics.js';

export interface FeatureImportance {
  readonly feature: string;
  readonly importance: number;
}

/** Most important first; ties keep the order of the features. */
export function rankImportances(features: readonly string[], importances: readonly number[]): FeatureImportance[] {
  return features
    .map((feature, index) => ({ feature, importance: importances[index]! }))
    .sort((a, b) => b.importance - a.importance);
}

export const importanceCsv = (ranked: readonly FeatureImportance[]): string =>
  table([['feature', 'importance'], ...ranked.map(({ feature, importance }) => [feature, String(importance)])]);

export const confusionCsv = (confusion: ConfusionMatrix): string =>
  table([
    ['actual', 'predicted_0', 'predicted_1'],
    ...confusion.map((row, label) => [String(label), ...row.map(String)]),
  ]);

/** The text of scikit-learn's `classification_report`, in its layout. */
export function classificationReport({ accuracy, classes }: Evaluation): string {
  const rows = classes[0].support + classes[1].support;
  const mean = (weight: (scores: ClassScores) => number) => (pick: (scores: ClassScores) => number) =>
    classes.reduce((sum, scores) => sum + pick(scores) * weight(scores), 0);
  const average = (of: ReturnType<typeof mean>): ClassScores => ({
    precision: of((scores) => scores.precision),
    recall: of((scores) => scores.recall),
    f1: of((scores) => scores.f1),
    support: rows,
  });
  const lines = [
    line('', 'precision', 'recall', 'f1-score', 'support'),
    '',
    ...classes.map((scores, label) => scoresLine(String(label), scores)),
    '',
    line('accuracy', '', '', accuracy.toFixed(2), String(rows)),
    scoresLine('macro avg', average(mean(() => 1 / 2))),
    scoresLine('weighted avg', average(mean(({ support }) => (rows === 0 ? 0 : support / rows)))),
  ];
  return `${lines.join('\n')}\n`;
}

const scoresLine = (name: string, { precision, recall, f1, support }: ClassScores): string =>
  line(name, precision.toFixed(2), recall.toFixed(2), f1.toFixed(2), String(support));

const line = (name: string, ...cells: readonly string[]): string =>
  `${name.padStart(12)} ${cells.map((cell) => ` ${cell.padStart(9)}`).join('')}`;

const table = (rows: readonly (readonly string[])[]): string =>
  `${rows.map((row) => row.map(field).join(',')).join('\n')}\n`;

const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
