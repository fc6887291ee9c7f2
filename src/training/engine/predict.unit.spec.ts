import { describe, expect, it } from '@jest/globals';
import { CustodyError } from '../../core/index.js';
import { Forest } from './forest.js';
import { DEFAULT_PARAMETERS } from './parameters.js';
import { predict } from './predict.js';
import { TreeNode } from './tree.js';

const above = (below: number): TreeNode => {
  return { counts: [5, 5], feature: 0, below, left: { counts: [5, 0] }, right: { counts: [0, 5] } };
};
/** Four trees that vote for contamination from 1, 2, 3 and 4 on: a turbidity of 2 is a draw. */
const model: Forest = {
  features: ['turbidity'],
  parameters: { ...DEFAULT_PARAMETERS, n_estimators: 4 },
  trees: [above(1), above(2), above(3), above(4)],
};
const sample = (turbidity: unknown, sample_id: unknown = 'T1') => ({ sample_id, turbidity });

describe('a prediction', () => {
  it('is the share of votes, and a draw counts as contaminated', () => {
    expect(predict(model, [sample(0), sample(1), sample(2, 'T2'), sample(9)])).toEqual([
      { sample_id: 'T1', predicted_class: 0, probability: 0, risk: 'LOW' },
      { sample_id: 'T1', predicted_class: 0, probability: 0.25, risk: 'LOW' },
      { sample_id: 'T2', predicted_class: 1, probability: 0.5, risk: 'HIGH' },
      { sample_id: 'T1', predicted_class: 1, probability: 1, risk: 'HIGH' },
    ]);
  });

  it('has high risk from the threshold on, whatever the class', () => {
    const risks = (threshold: number) =>
      predict(
        model,
        [1, 2, 3].map((value) => sample(value)),
        threshold,
      ).map(({ risk }) => risk);
    expect(risks(0.25)).toEqual(['HIGH', 'HIGH', 'HIGH']);
    expect(risks(0.6)).toEqual(['LOW', 'LOW', 'HIGH']);
  });

  it('leaves fields alone that the model does not use', () => {
    expect(predict(model, [{ ...sample(9), colour: 'green' }])).toHaveLength(1);
  });

  it.each<[string, unknown, string]>([
    ['a missing feature', [sample(1), { sample_id: 'T2' }], 'samples[1].turbidity'],
    ['text for a number', [sample('8')], 'samples[0].turbidity'],
    ['NaN', [sample(NaN)], 'samples[0].turbidity'],
    ['infinity', [sample(Infinity)], 'samples[0].turbidity'],
    ['null', [sample(null)], 'samples[0].turbidity'],
    ['no id', [sample(1), sample(1), { turbidity: 1 }], 'samples[2].sample_id'],
    ['a blank id', [sample(1, ' ')], 'samples[0].sample_id'],
    ['an id with a line feed', [sample(1, 'a\nb')], 'samples[0].sample_id'],
    ['an id that is a number', [sample(1, 7)], 'samples[0].sample_id'],
    ['a list for a sample', [[1]], 'samples[0]'],
    ['an inherited value', [Object.create(sample(1))], 'samples[0].sample_id'],
    ['no samples', [], 'samples'],
    ['no list', { sample: 1 }, 'samples'],
  ])('is refused with %s, and names it', (_, samples, field) => {
    expect(() => predict(model, samples)).toThrow(CustodyError);
    expect(() => predict(model, samples)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'sample-invalid', field }),
    );
  });

  it.each([0, -1, 1.01, NaN])('is refused with the threshold %p', (threshold) => {
    expect(() => predict(model, [sample(1)], threshold)).toThrow(expect.objectContaining({ field: 'threshold' }));
  });
});
