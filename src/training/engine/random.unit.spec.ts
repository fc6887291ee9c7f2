import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Random } from './random.js';

const first = (seed: number, stream: number, count = 4) => {
  const random = new Random(seed, stream);
  return Array.from({ length: count }, () => random.uint32());
};

describe('the random numbers', () => {
  it('are for ever those of their seed and stream', () => {
    expect(first(42, 1)).toEqual([3724473458, 1149798938, 4143951494, 1117652791]);
  });

  it('differ between seeds and between streams of one seed', () => {
    expect(first(42, 1)).not.toEqual(first(43, 1));
    expect(first(42, 1)).not.toEqual(first(42, 2));
  });

  it('stay within their bounds', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: 1, max: 1e6 }), (seed, bound) => {
        const random = new Random(seed, 1);
        for (let i = 0; i < 20; i++) {
          const uniform = random.uniform();
          const below = random.below(bound);
          expect(uniform >= 0 && uniform < 1).toBe(true);
          expect(Number.isInteger(below) && below >= 0 && below < bound).toBe(true);
        }
      }),
    );
  });

  it('are normal enough: mean 0, deviation 1, two thirds within one deviation', () => {
    const random = new Random(7, 1);
    const drawn = Array.from({ length: 20_000 }, () => random.normal(0, 1));
    const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
    const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    expect(drawn.filter((x) => Math.abs(x) < 1).length / drawn.length).toBeCloseTo(0.68, 1);
  });

  it('shuffle without losing or doubling anything', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.array(fc.integer()), (seed, items) => {
        const shuffled = new Random(seed, 1).shuffled(items);
        expect([...shuffled].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
      }),
    );
  });
});
