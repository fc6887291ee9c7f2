import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { LogBatchRequest, LogMetricRequest } from './log.request.js';

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
    model_id: fc.oneof(fc.constant(undefined), fc.string(), anything),
    dataset_name: fc.oneof(fc.constant(undefined), fc.string(), anything),
    dataset_digest: fc.oneof(fc.constant(undefined), fc.string(), anything),
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

  it('recognises what the Python client sends, which says the run twice, and the model of a point', () => {
    const sent = { run_id: 'a', run_uuid: 'a', key: 'auc', value: 1, timestamp: 1, step: 0, model_id: 'm-1' };
    expect(LogMetricRequest.quick(sent)).toEqual(sent);
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

  it('leaves a number that is too large for a double to the full validation, which makes it a word', () => {
    const sent: unknown = JSON.parse('{"run_id":"a","key":"loss","value":1e999,"timestamp":1,"step":0}');
    expect(LogMetricRequest.quick(sent)).toBeUndefined();
    expect(plainToInstance(LogMetricRequest, sent).value).toBe('Infinity');
  });
});

const point = fc.record(
  { key: fc.string(), value: fc.oneof(fc.double(), anything), timestamp: fc.nat(), step: fc.nat(), model_id: anything },
  { requiredKeys: ['key', 'value', 'timestamp'] },
);
const pair = fc.record({ key: fc.string(), value: fc.oneof(fc.string(), fc.string(), anything), more: anything });
const batch = fc.record(
  {
    run_id: fc.oneof(fc.string({ minLength: 1 }), anything),
    metrics: fc.oneof(fc.array(point, { maxLength: 3 }), anything),
    params: fc.oneof(fc.array(pair, { maxLength: 2 }), anything),
    tags: fc.oneof(fc.array(pair, { maxLength: 2 }), anything),
  },
  { requiredKeys: ['run_id'] },
);

describe('the quick check of log-batch', () => {
  it('recognises what clients send, and drops the fields that nobody knows', () => {
    const sent = {
      run_id: 'a',
      metrics: [{ key: 'loss', value: 'NaN', timestamp: 1, model_id: 'm-1', more: 1 }],
      params: [{ key: 'depth', value: '5', more: 1 }],
    };
    expect(LogBatchRequest.quick(sent)).toEqual({
      run_id: 'a',
      metrics: [{ key: 'loss', value: 'NaN', timestamp: 1, step: 0, model_id: 'm-1' }],
      params: [{ key: 'depth', value: '5' }],
      tags: [],
    });
  });

  it('whatever it recognises, the full validation accepts, with the same result', () => {
    let recognised = 0;
    fc.assert(
      fc.property(batch, (sent) => {
        const json: unknown = JSON.parse(JSON.stringify(sent));
        const quick = LogBatchRequest.quick(json);
        if (quick === undefined) return;
        recognised++;
        const full = plainToInstance(LogBatchRequest, json);
        expect(validateSync(full, { whitelist: true })).toEqual([]);
        const { run_id, metrics = [], params = [], tags = [] } = full;
        const plain = <T>(list: readonly T[]) => list.map((item) => ({ ...item }));
        const points = metrics.map((metric) => ({ ...metric, step: metric.step ?? 0 }));
        expect({ run_id, metrics: points, params: plain(params), tags: plain(tags) }).toEqual({ ...quick });
      }),
      { numRuns: 3000 },
    );
    expect(recognised).toBeGreaterThan(50);
  });

  it.each([
    ['no run', { metrics: [] }],
    ['a list that is none', { run_id: 'a', metrics: {} }],
    ['a point without a time', { run_id: 'a', metrics: [{ key: 'loss', value: 1 }] }],
    ['a value that is no text', { run_id: 'a', params: [{ key: 'depth', value: 5 }] }],
  ])('leaves %s to the full validation', (_, sent) => {
    expect(LogBatchRequest.quick(sent)).toBeUndefined();
  });
});
