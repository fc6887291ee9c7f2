import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { LogMetricRequest } from './log.request.js';

const anything = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.constant('12'),
  fc.constant('NaN'),
);
const body = fc.record(
  {
    run_id: fc.oneof(fc.string(), anything),
    run_uuid: fc.oneof(fc.constant(undefined), anything),
    key: fc.oneof(fc.string(), anything),
    value: fc.oneof(fc.double(), anything),
    timestamp: fc.oneof(fc.maxSafeInteger(), anything),
    step: fc.oneof(fc.maxSafeInteger(), anything),
    more: anything,
  },
  { requiredKeys: [] },
);

describe('the quick check of log-metric', () => {
  it('recognises what clients send', () => {
    expect(LogMetricRequest.quick({ run_id: 'a', key: 'loss', value: 0.5, timestamp: 1, step: 2 })).toEqual({
      run_id: 'a',
      key: 'loss',
      value: 0.5,
      timestamp: 1,
      step: 2,
    });
  });

  it('whatever it recognises, the full validation accepts, with the same result', () => {
    let recognised = 0;
    fc.assert(
      fc.property(body, (sent) => {
        const json: unknown = JSON.parse(JSON.stringify(sent));
        const quick = LogMetricRequest.quick(json);
        if (quick === undefined) return;
        recognised++;
        const full = plainToInstance(LogMetricRequest, json);
        expect(validateSync(full, { whitelist: true })).toEqual([]);
        expect({ ...full, step: full.step ?? 0 }).toEqual({ ...quick });
      }),
      { numRuns: 3000 },
    );
    expect(recognised).toBeGreaterThan(50);
  });

  it.each([null, 'text', 7, [], {}])('leaves %j to the full validation', (sent) => {
    expect(LogMetricRequest.quick(sent)).toBeUndefined();
  });
});
