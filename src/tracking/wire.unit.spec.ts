import { describe, expect, it } from '@jest/globals';
import { Map as Persistent } from 'immutable';
import { ExperimentId } from '../core/index.js';
import { noRun } from './run/events.js';
import { experimentToWire, metricToWire, metricValue, runToWire, startedToWire } from './wire.js';

/** As a client gets it. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
const runId = 'a'.repeat(32);
const row = {
  run_id: runId,
  experiment_id: '1',
  name: 'baseline',
  status: 'RUNNING',
  start_time: 5,
  end_time: null,
  deleted: 0,
  user: '',
};
const nothing = { params: [], tags: [], metrics: [], inputs: [], models: [] };
const info = {
  run_id: runId,
  run_uuid: runId,
  run_name: 'baseline',
  user_id: '',
  experiment_id: '1',
  status: 'RUNNING',
  start_time: 5,
  artifact_uri: `mlflow-artifacts:/1/${runId}/artifacts`,
  lifecycle_stage: 'active',
};

describe('an experiment on the wire', () => {
  const experiment = {
    experiment_id: '1',
    number: 1,
    name: 'LIMS',
    artifact_location: 's3://b',
    deleted: 0,
    created: 1,
    updated: 2,
  };
  it('leaves out tags when it has none', () => {
    expect(sent(experimentToWire({ ...experiment, tags: [] }))).toEqual({
      experiment_id: '1',
      name: 'LIMS',
      artifact_location: 's3://b',
      lifecycle_stage: 'active',
      workspace: 'default',
      creation_time: 1,
      last_update_time: 2,
    });
  });
  it('says that it is deleted', () => {
    const tags = [{ experiment_id: '1', key: 'k', value: '' }];
    expect(sent(experimentToWire({ ...experiment, deleted: 1, tags }))).toMatchObject({
      lifecycle_stage: 'deleted',
      workspace: 'default',
      tags: [{ key: 'k', value: '' }],
    });
  });
});

describe('a run on the wire', () => {
  it('leaves out what is not set', () => {
    expect(sent(runToWire({ run: row, deleted: false, ...nothing }))).toEqual({
      info,
      data: {},
      inputs: {},
      outputs: {},
    });
  });
  it('has everything that is set, and nothing of how it is stored', () => {
    const keyed = { run_id: runId, key: 'k', value: 'v' };
    const metric = { run_id: runId, key: 'm', value: 1, timestamp: 2, step: 3, is_nan: 0 };
    const input = { name: 'd', digest: 'x', sourceType: 'local', source: '{}', tags: [{ key: 't', value: 'u' }] };
    const models = [
      { run_id: runId, role: 'input' as const, model_id: 'm-1', step: 0 },
      { run_id: runId, role: 'output' as const, model_id: 'm-2', step: 3 },
    ];
    const run = { ...row, end_time: 0, user: 'Ada' };
    expect(
      sent(
        runToWire({ run, deleted: true, params: [keyed], tags: [keyed], metrics: [metric], inputs: [input], models }),
      ),
    ).toEqual({
      info: { ...info, user_id: 'Ada', end_time: 0, lifecycle_stage: 'deleted' },
      data: {
        metrics: [{ key: 'm', value: 1, timestamp: 2, step: 3 }],
        params: [{ key: 'k', value: 'v' }],
        tags: [{ key: 'k', value: 'v' }],
      },
      inputs: {
        dataset_inputs: [
          { dataset: { name: 'd', digest: 'x', source_type: 'local', source: '{}' }, tags: [{ key: 't', value: 'u' }] },
        ],
        model_inputs: [{ model_id: 'm-1' }],
      },
      outputs: { model_outputs: [{ model_id: 'm-2', step: 3 }] },
    });
  });
  it('that has just been started shows what is sealed in the log as the client sent it', () => {
    const sealed = { subject: 'u-1', box: 'v1.a.b' };
    const tags = Persistent<string, string | typeof sealed>([
      ['mlflow.user', sealed],
      ['k', 'v'],
    ]);
    const run = { ...noRun, experimentId: '1' as ExperimentId, name: 'baseline', startTime: 5, tags };
    expect(sent(startedToWire(runId, run, 'Ada', [{ key: 'mlflow.user', value: 'Ada' }]))).toEqual({
      info: { ...info, user_id: 'Ada' },
      data: {
        tags: [
          { key: 'mlflow.user', value: 'Ada' },
          { key: 'k', value: 'v' },
        ],
      },
      inputs: {},
    });
    expect(sent(startedToWire(runId, run, undefined))).toEqual({
      info,
      data: { tags: [{ key: 'k', value: 'v' }] },
      inputs: {},
    });
  });
});

describe('the value of a metric', () => {
  it.each([
    [1.5, 1.5],
    [0, 0],
    ['1.5', 1.5],
    ['-1e-7', -1e-7],
    [' 7 ', 7],
    ['NaN', 'NaN'],
    ['nan', 'NaN'],
    [NaN, 'NaN'],
    ['Infinity', 'Infinity'],
    ['inf', 'Infinity'],
    ['+Inf', 'Infinity'],
    ['INFINITY', 'Infinity'],
    [Infinity, 'Infinity'],
    ['1e400', 'Infinity'],
    ['-Infinity', '-Infinity'],
    ['-inf', '-Infinity'],
    [-Infinity, '-Infinity'],
  ])('%p comes in as %p', (value, expected) => {
    expect(metricValue(value)).toBe(expected);
  });
  it.each([
    [''],
    [' '],
    ['abc'],
    ['0x10'],
    ['0b1'],
    ['0o7'],
    ['1 2'],
    ['infinite'],
    [null],
    [undefined],
    [true],
    [[]],
    [[1]],
    [{}],
  ])('%p is none', (value) => {
    expect(metricValue(value)).toBeUndefined();
  });
  it.each([
    [1.5, 0, 1.5],
    [0, 1, 'NaN'],
    [Infinity, 0, 'Infinity'],
    [-Infinity, 0, '-Infinity'],
  ])('%p (NaN: %p) goes out as %p', (value, is_nan, expected) => {
    const point = metricToWire({ key: 'm', value, timestamp: 1, step: 0, is_nan });
    expect(sent(point)).toEqual({ key: 'm', value: expected, timestamp: 1, step: 0 });
  });
});
