import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Label } from './columns.js';
import { evaluate } from './metrics.js';

const labels = (text: string) => [...text].map((digit) => Number(digit) as Label);

describe('the metrics', () => {
  it('are those worked out by hand', () => {
    // 4 true negatives, 2 false alarms, 1 miss, 3 hits.
    const { confusion, accuracy, classes } = evaluate(labels('0000001111'), labels('0000110111'));
    expect(confusion).toEqual([
      [4, 2],
      [1, 3],
    ]);
    expect(accuracy).toBeCloseTo(7 / 10, 12);
    expect(classes[1].precision).toBeCloseTo(3 / 5, 12);
    expect(classes[1].recall).toBeCloseTo(3 / 4, 12);
    expect(classes[1].f1).toBeCloseTo(2 / 3, 12); // 2 · 0.6 · 0.75 / 1.35
    expect(classes[0].precision).toBeCloseTo(4 / 5, 12);
    expect(classes[0].recall).toBeCloseTo(4 / 6, 12);
    expect(classes.map((scores) => scores.support)).toEqual([6, 4]);
  });

  it('are 0 where there is nothing to divide by', () => {
    const { classes, accuracy } = evaluate(labels('0000'), labels('0000'));
    expect(classes[1]).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
    expect(accuracy).toBe(1);
    expect(evaluate([], []).accuracy).toBe(0);
  });

  it('are symmetric: other names for the classes swap their scores', () => {
    const pair = fc.tuple(fc.constantFrom<Label>(0, 1), fc.constantFrom<Label>(0, 1));
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const swap = (label: Label) => (1 - label) as Label;
        const straight = evaluate(
          pairs.map(([t]) => t),
          pairs.map(([, p]) => p),
        );
        const swapped = evaluate(
          pairs.map(([t]) => swap(t)),
          pairs.map(([, p]) => swap(p)),
        );
        expect(swapped.classes).toEqual([straight.classes[1], straight.classes[0]]);
        expect(swapped.accuracy).toBe(straight.accuracy);
      }),
    );
  });

  it('refuse lists of different lengths', () => {
    expect(() => evaluate([0, 1], [0])).toThrow(RangeError);
  });
});
