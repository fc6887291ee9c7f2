import { describe, expect, it } from '@jest/globals';
import { DEFAULT_PARAMETERS, readParameters } from './parameters.js';

describe('the parameters', () => {
  it('default to the story', () => {
    expect(readParameters()).toEqual({
      n_estimators: 100,
      max_depth: 5,
      min_samples_split: 10,
      min_samples_leaf: 5,
      class_weight: 'balanced',
      random_state: 42,
    });
  });

  it('keep what is given and fill in the rest', () => {
    expect(readParameters({ max_depth: 3, class_weight: 'none' })).toEqual({
      ...DEFAULT_PARAMETERS,
      max_depth: 3,
      class_weight: 'none',
    });
  });

  it.each<[string, unknown]>([
    ['n_estimators', 0],
    ['n_estimators', 1001],
    ['n_estimators', '100'],
    ['max_depth', 2.5],
    ['max_depth', null],
    ['max_depth', 33],
    ['min_samples_split', 1],
    ['min_samples_leaf', NaN],
    ['random_state', -1],
    ['random_state', 2 ** 32],
    ['class_weight', 'heavy'],
    ['class_weight', null],
  ])('refuse %s = %p and name it', (name, value) => {
    expect(() => readParameters({ [name]: value })).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'parameter-invalid', field: name }),
    );
  });

  it.each(['criterion', '__proto__', 'constructor', 'N_ESTIMATORS'])('refuse the unknown name %s', (name) => {
    const given: unknown = JSON.parse(`{${JSON.stringify(name)}: 1}`);
    expect(() => readParameters(given)).toThrow(expect.objectContaining({ code: 'parameter-unknown', field: name }));
  });

  it.each([null, [], 'x', 7])('refuse %p as a whole', (given) => {
    expect(() => readParameters(given)).toThrow(expect.objectContaining({ field: 'parameters' }));
  });
});
