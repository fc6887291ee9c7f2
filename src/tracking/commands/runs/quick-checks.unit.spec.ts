import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { SearchExperimentsRequest } from '../experiments/experiments.request.js';
import { CreateRunRequest, SearchRunsRequest } from './runs.request.js';

const anything = fc.oneof(
  fc.string(),
  fc.integer({ min: -2, max: 60_000 }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('12', '-3', 'ALL', 'DELETED_ONLY', 'ACTIVE_ONLY', 'SOME'),
  fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxLength: 3 }),
);
const texts = fc.oneof({ weight: 3, arbitrary: fc.array(fc.string(), { maxLength: 3 }) }, anything);
const text = fc.oneof({ weight: 3, arbitrary: fc.string() }, anything);
const size = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 50_000 }) }, anything);
const view = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('ALL', 'DELETED_ONLY', 'ACTIVE_ONLY') }, anything);
const tag = fc.record({ key: text, value: text, more: anything }, { requiredKeys: ['key'] });
const search = { filter: text, order_by: texts, page_token: text, max_results: size, more: anything };
const bodyOf = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { requiredKeys: [] });

describe.each([
  [
    'creating a run',
    CreateRunRequest,
    bodyOf({
      experiment_id: fc.oneof({ weight: 3, arbitrary: fc.nat().map(String) }, anything),
      user_id: text,
      run_name: text,
      start_time: fc.oneof({ weight: 3, arbitrary: fc.maxSafeInteger() }, anything),
      tags: fc.oneof(fc.array(tag, { maxLength: 2 }), anything),
      more: anything,
    }),
  ],
  ['searching runs', SearchRunsRequest, bodyOf({ ...search, experiment_ids: texts, run_view_type: view })],
  ['searching experiments', SearchExperimentsRequest, bodyOf({ ...search, view_type: view })],
] as const)('the quick check of %s', (_, request, body) => {
  it('accepts nothing that the full validation refuses, and changes nothing that it keeps', () => {
    let recognised = 0;
    fc.assert(
      fc.property(body, (sent) => {
        const json: unknown = JSON.parse(JSON.stringify(sent));
        const quick = request.quick(json);
        if (quick === undefined) return;
        recognised++;
        const full: object = plainToInstance<object, unknown>(request, json);
        expect(validateSync(full, { whitelist: true })).toEqual([]);
        expect(JSON.parse(JSON.stringify(full))).toEqual(quick);
      }),
      { numRuns: 3000 },
    );
    expect(recognised).toBeGreaterThan(50);
  });

  it.each([null, 'text', 7, []])('leaves %j to the full validation', (sent) => {
    expect(request.quick(sent)).toBeUndefined();
  });
});

it('the quick checks recognise what clients send', () => {
  const run = {
    experiment_id: '0',
    user_id: 'ada',
    run_name: 'calm-fern',
    start_time: 5,
    tags: [{ key: 'a', value: 'b' }],
  };
  expect(CreateRunRequest.quick(run)).toEqual(run);
  const runs = { experiment_ids: ['0'], filter: '', run_view_type: 'ALL', max_results: 5, order_by: ['start_time'] };
  expect(SearchRunsRequest.quick(runs)).toEqual(runs);
  const experiments = { filter: "name = 'a'", view_type: 'ALL', max_results: 5, page_token: 'x' };
  expect(SearchExperimentsRequest.quick(experiments)).toEqual(experiments);
});
