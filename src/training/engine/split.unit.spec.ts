import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CustodyError } from '../../core/index.js';
import { Label } from './columns.js';
import { limsSamples } from './lims-samples.js';
import { stratifiedSplit } from './split.js';

const labels = fc.array(fc.constantFrom<Label>(0, 1), { minLength: 4, maxLength: 300 }).filter((all) => {
  const ones = all.filter((label) => label === 1).length;
  return ones >= 2 && all.length - ones >= 2;
});
const state = fc.nat(0xffffffff);

describe('the stratified split', () => {
  it('makes 800 training and 200 test rows of a thousand, 30 of them contaminated', () => {
    const all = limsSamples().map((sample) => sample.label);
    const { train, test } = stratifiedSplit(all, 42);
    expect([train.length, test.length]).toEqual([800, 200]);
    expect(test.filter((row) => all[row] === 1)).toHaveLength(30);
  });

  it('is a partition: every row is in exactly one part', () => {
    fc.assert(
      fc.property(labels, state, (all, randomState) => {
        const { train, test } = stratifiedSplit(all, randomState);
        expect([...train, ...test].sort((a, b) => a - b)).toEqual(all.map((_, row) => row));
      }),
    );
  });

  it('keeps the ratio of the classes within one row, and both classes in both parts', () => {
    fc.assert(
      fc.property(labels, state, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (all, randomState, share) => {
        const { train, test } = stratifiedSplit(all, randomState, share);
        for (const label of [0, 1]) {
          const count = (rows: readonly number[]) => rows.filter((row) => all[row] === label).length;
          expect(Math.abs(count(test) - share * (count(test) + count(train)))).toBeLessThan(1 + 1e-9);
          expect(Math.min(count(test), count(train))).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('is the same for the same random state, another for another', () => {
    const all = limsSamples().map((sample) => sample.label);
    expect(stratifiedSplit(all, 7)).toEqual(stratifiedSplit(all, 7));
    expect(stratifiedSplit(all, 7)).not.toEqual(stratifiedSplit(all, 8));
  });

  it('refuses a class of fewer than two rows', () => {
    expect(() => stratifiedSplit([0, 0, 0, 1], 42)).toThrow(CustodyError);
    expect(() => stratifiedSplit([0, 0, 0, 1], 42)).toThrow('class 1 has 1');
  });
});
