import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EXPERIMENTS } from '../../../mlflow/index.js';
import { findsTheSame, pagesFitTogether, unasked } from '../../../mlflow/search/testing/agreement.js';
import { aStoredText } from '../../../mlflow/search/testing/data.js';
import { experimentsWith, SEARCHED_EXPERIMENTS } from '../../testing/searched-experiments.js';

describe('a search for experiments', () => {
  it('finds what a plain evaluation of the same conditions finds, in the same order', () =>
    fc.assert(findsTheSame(SEARCHED_EXPERIMENTS), { numRuns: 1500 }));

  it.each([
    { about: 'all that can be stored', items: experimentsWith(aStoredText), wants: 0 },
    { about: 'what a filter finds', items: SEARCHED_EXPERIMENTS.items, wants: 1 },
  ])('has in its pages $about once and in order, whatever comes and goes between them', (stored) =>
    fc.assert(pagesFitTogether(SEARCHED_EXPERIMENTS, stored), { numRuns: 600 }),
  );

  it('is tried with every comparator and order that there is', () => {
    expect(unasked(SEARCHED_EXPERIMENTS, EXPERIMENTS)).toEqual([]);
  });
});
