import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { CreateExperimentRequest, SearchExperimentsRequest } from '../experiments/experiments.request.js';
import { LogParamRequest } from '../log/log.request.js';
import { runIdOf } from './runs.controller.js';
import { MetricHistoryRequest } from '../../queries/metrics/metrics.request.js';
import { RunIdRequest, SearchRunsRequest, UpdateRunRequest } from './runs.request.js';

type Class<T> = new () => T;
const read = <T extends object>(type: Class<T>, body: object): T => plainToInstance(type, body);
/** Names of the fields that are refused. */
const wrong = (type: Class<object>, body: object) =>
  validateSync(read(type, body), { whitelist: true }).map(({ property }) => property);

describe('the id of a run', () => {
  it.each([
    [{ run_id: 'a' }, 'a'],
    [{ run_uuid: 'b' }, 'b'],
    [{ run_id: '', run_uuid: 'b' }, 'b'],
    [{ run_id: 'a', run_uuid: 'b' }, 'a'],
  ])('in %j is %s', (body, id) => {
    expect(wrong(RunIdRequest, body)).toEqual([]);
    expect(runIdOf(read(RunIdRequest, body))).toBe(id);
  });

  it.each([{}, { run_id: '' }, { run_id: ['a'] }, { run_id: ['a'], run_uuid: 'b' }, { run_id: null }])(
    'is missing or wrong in %j, and the field is named',
    (body) => expect(wrong(RunIdRequest, body)).toEqual(['run_id']),
  );
});

describe('the requests of MLflow', () => {
  it('take an enum by its name or by its number', () => {
    expect(read(UpdateRunRequest, { status: 3 }).status).toBe('FINISHED');
    expect(read(UpdateRunRequest, { status: 'KILLED' }).status).toBe('KILLED');
    expect(read(SearchRunsRequest, { run_view_type: 2 }).run_view_type).toBe('DELETED_ONLY');
    expect(read(SearchExperimentsRequest, { view_type: '3' }).view_type).toBe('ALL');
    expect(wrong(UpdateRunRequest, { run_id: 'a', status: 6 })).toEqual(['status']);
    expect(wrong(SearchRunsRequest, { run_view_type: 'SOME' })).toEqual(['run_view_type']);
  });

  it('take 64-bit integers as numbers or as text, and nothing else', () => {
    expect(read(UpdateRunRequest, { end_time: '1767603660000' }).end_time).toBe(1767603660000);
    expect(wrong(UpdateRunRequest, { run_id: 'a', end_time: 1.5 })).toEqual(['end_time']);
    expect(wrong(UpdateRunRequest, { run_id: 'a', end_time: '9223372036854775807' })).toEqual(['end_time']);
  });

  it('take a value that is left out as an empty one', () => {
    expect(read(LogParamRequest, { run_id: 'a', key: 'note' }).value).toBe('');
    expect(wrong(LogParamRequest, { run_id: 'a', key: 'note' })).toEqual([]);
    expect(read(CreateExperimentRequest, { name: 'a', tags: [{ key: 'note' }] }).tags).toEqual([
      { key: 'note', value: '' },
    ]);
  });

  it('take any page size of a metric history from 1, and experiment ids as a list of texts only', () => {
    const history = { run_id: 'a', metric_key: 'loss' };
    expect(wrong(MetricHistoryRequest, { ...history, max_results: 1_000_000 })).toEqual([]);
    expect(wrong(MetricHistoryRequest, { ...history, max_results: 0 })).toEqual(['max_results']);
    expect(wrong(MetricHistoryRequest, { run_id: 'a' })).toEqual(['metric_key']);
    expect(wrong(SearchRunsRequest, { experiment_ids: '7' })).toEqual(['experiment_ids']);
    expect(wrong(SearchRunsRequest, { experiment_ids: [7] })).toEqual(['experiment_ids']);
  });
});
