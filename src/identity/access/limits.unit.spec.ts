import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Limits, matches, NamePattern, namePattern, within } from '../../core/index.js';
import { isByName, narrowed, permitsAction } from './limits.js';

const p = (...patterns: readonly string[]): readonly NamePattern[] => patterns.map((each) => namePattern(each));

describe('limits of a token', () => {
  it('leave out what is not listed, and everything that writes when it is for reading', () => {
    const of = (limits: Limits) => [permitsAction(limits, 'run:read'), permitsAction(limits, 'run:write')];
    expect(of({ readOnly: true })).toEqual([true, false]);
    expect(of({ actions: ['run:write'] })).toEqual([false, true]);
    expect(of({ readOnly: true, actions: ['run:write'] })).toEqual([false, false]);
    expect(of({ models: p('a') })).toEqual([true, true]);
    expect([isByName({ readOnly: true }), isByName({ models: p('a') })]).toEqual([false, true]);
  });

  it('narrow a list to what lies within both', () => {
    expect(narrowed(undefined, { experiments: p('LIMS*') })).toEqual({ experiments: ['LIMS*'], models: [] });
    const owner = { experiments: p('LIMS*', 'air'), models: p('*') };
    expect(narrowed(owner, { experiments: p('LIMS 2*', '*'), models: p('m') })).toEqual({
      experiments: ['LIMS 2*', 'LIMS*', 'air'],
      models: ['m'],
    });
    expect(narrowed(owner, { experiments: p('soil*') })).toEqual({ experiments: [], models: [] });
  });

  it('never show a name that only one of the two lets see', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 5 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 });
    fc.assert(
      fc.property(pattern, pattern, name, (a, b, one) => {
        const [owner, limit] = [namePattern(a), namePattern(b)];
        const { experiments } = narrowed({ experiments: [owner], models: [] }, { experiments: [limit] });
        if (experiments.some((each) => matches(each, one)))
          expect([matches(owner, one), matches(limit, one)]).toEqual([true, true]);
        if (within(owner, limit) && matches(owner, one)) expect(matches(limit, one)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});
