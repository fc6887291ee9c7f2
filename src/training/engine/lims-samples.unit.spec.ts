import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CustodyError } from '../../core/index.js';
import { LIMS_COLUMNS } from './columns.js';
import { requireCsv } from './csv.js';
import { limsCsv, limsSamples } from './lims-samples.js';
import { trainOnCsv } from './train.js';

const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

describe('the LIMS samples', () => {
  it('are a thousand, 15 % of them contaminated, numbered from S00000', () => {
    const samples = limsSamples();
    expect(samples).toHaveLength(1000);
    expect(samples.filter((sample) => sample.label === 1)).toHaveLength(150);
    expect([samples[0]!.id, samples[999]!.id]).toEqual(['S00000', 'S00999']);
  });

  it('are for ever the same bytes for the default seed', () => {
    expect(createHash('sha256').update(limsCsv()).digest('hex')).toBe(
      'f6e3c255642028ea0e6a6ce59f9233cf22fbc57e5b1e4683613e62cf07fb4980',
    );
  });

  it('differ by seed', () => {
    expect(limsCsv({ seed: 1 })).not.toEqual(limsCsv({ seed: 2 }));
  });

  it('have the means that the lab knows', () => {
    const column = (label: number, feature: number) =>
      mean(limsSamples().flatMap((sample) => (sample.label === label ? [sample.values[feature]!] : [])));
    expect(column(0, 0)).toBeCloseTo(7.2, 1);
    expect(column(0, 1)).toBeGreaterThan(3.5);
    expect(column(0, 1)).toBeLessThan(4.5);
    expect(column(1, 1)).toBeGreaterThan(10);
    expect(column(1, 2)).toBeGreaterThan(6);
    expect(column(1, 3)).toBeGreaterThan(4.5);
  });

  it('read back from their CSV as they were made', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: 20, max: 200 }), (seed, count) => {
        const options = { seed, count, contamination: 0.3 };
        expect(requireCsv(limsCsv(options), LIMS_COLUMNS)).toEqual(limsSamples(options));
      }),
      { numRuns: 20 },
    );
  });

  it('overlap, so that a good model lands near F1 0.9 and seldom at 1, whatever the seed', () => {
    const scores = [1, 2, 3, 4, 5, 6].map(
      (seed) => trainOnCsv({ data: limsCsv({ seed }), parameters: { n_estimators: 40 } }).metrics.test_f1,
    );
    expect(mean(scores)).toBeGreaterThan(0.88);
    expect(mean(scores)).toBeLessThan(0.96);
    expect(Math.min(...scores)).toBeGreaterThan(0.8);
  });

  it.each([{ seed: -1 }, { seed: 1.5 }, { count: 0 }, { count: 1e9 }, { contamination: 1.1 }, { contamination: NaN }])(
    'are refused for %p',
    (options) => {
      expect(() => limsSamples(options)).toThrow(CustodyError);
      expect(() => limsSamples(options)).toThrow(Object.keys(options)[0]);
    },
  );
});
