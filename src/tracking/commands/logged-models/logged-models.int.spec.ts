import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ExperimentId, LoggedModelId, RunId } from '../../../core/index.js';
import { ChangeExperimentLifecycle } from '../experiments/experiments.command.js';
import { LogBatch } from '../log/log.command.js';
import { refusalOf, TrackingLab } from '../../testing/tracking-lab.js';
import {
  CreateLoggedModel,
  CreateLoggedModelInput,
  DeleteLoggedModel,
  NoteModelVersion,
} from './logged-models.command.js';

let lab: TrackingLab;
let experimentId: ExperimentId;
beforeEach(async () => {
  lab = await TrackingLab.open();
  experimentId = await lab.experiment();
});
afterEach(() => lab.close());

async function model(more: Partial<CreateLoggedModelInput> = {}): Promise<LoggedModelId> {
  lab.room.clock.advance(1_000_000);
  const { modelId } = await lab.room.commands.execute(new CreateLoggedModel(lab.context(), { experimentId, ...more }));
  return modelId;
}
interface Wire {
  readonly model: {
    readonly info: Readonly<Record<string, unknown>>;
    readonly data: Readonly<Record<string, unknown>>;
  };
}
const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => {
  await lab.room.projector.catchUp();
  const url = `/api/2.0/mlflow/logged-models${path}`;
  const answer = await lab.room.app.inject({ method, url, ...(body ? { payload: body } : {}) });
  return { status: answer.statusCode, body: answer.json<Wire & Readonly<Record<string, unknown>>>() };
};
const shown = async (id: string) => (await call('GET', `/${id}`)).body.model;
const NOWHERE = `m-${'0'.repeat(32)}`;

describe('a logged model over HTTP', () => {
  it('is created, filled, finalized, read and deleted', async () => {
    const runId = await lab.run(experimentId);
    const created = await call('POST', '', {
      experiment_id: experimentId,
      name: 'qc_model',
      model_type: 'classifier',
      source_run_id: runId,
      params: [{ key: 'depth', value: '5' }],
      tags: [{ key: 'mlflow.user', value: 'Ada' }],
    });
    expect(created.status).toBe(200);
    const id = created.body.model.info['model_id'] as string;
    expect(id).toMatch(/^m-[0-9a-f]{32}$/);
    const info = {
      model_id: id,
      experiment_id: experimentId,
      name: 'qc_model',
      creation_timestamp_ms: lab.room.clock.now() / 1000,
      last_updated_timestamp_ms: lab.room.clock.now() / 1000,
      artifact_uri: `mlflow-artifacts:/${experimentId}/models/${id}/artifacts`,
      status: 'LOGGED_MODEL_PENDING',
      model_type: 'classifier',
      source_run_id: runId,
      tags: [{ key: 'mlflow.user', value: 'Ada' }],
    };
    expect(created.body.model).toEqual({ info, data: { params: [{ key: 'depth', value: '5' }] } });

    lab.room.clock.advance(5_000);
    expect((await call('POST', `/${id}/params`, { params: [{ key: 'leaves', value: '2' }] })).body).toEqual({});
    expect((await call('PATCH', `/${id}/tags`, { tags: [{ key: 'a/b', value: '1' }] })).body).toEqual({});
    const finalized = await call('PATCH', `/${id}`, { model_id: id, status: 'LOGGED_MODEL_READY' });
    expect(finalized.body.model.info).toMatchObject({
      status: 'LOGGED_MODEL_READY',
      last_updated_timestamp_ms: lab.room.clock.now() / 1000,
    });
    const read = await shown(id);
    expect(read.data['params']).toEqual([
      { key: 'depth', value: '5' },
      { key: 'leaves', value: '2' },
    ]);
    // What is sealed in the log can only be opened by who has the keys; this lab's read models have none.
    expect(read.info['tags']).toEqual([
      { key: 'a/b', value: '1' },
      { key: 'mlflow.user', value: '[erased]' },
    ]);
    expect((await call('DELETE', `/${id}/tags/a/b`)).status).toBe(200);
    expect((await call('DELETE', `/${id}`)).body).toEqual({});
    expect((await call('DELETE', `/${id}`)).status).toBe(200);
    expect((await call('GET', `/${id}`)).status).toBe(404);
    expect((await call('GET', `/${id}?allow_deleted=true`)).body.model.info['name']).toBe('qc_model');
  });

  it('never has a name of its maker in the log', async () => {
    await model({
      tags: [
        { key: 'mlflow.user', value: 'Ada Lovelace' },
        { key: 'mlflow.source.name', value: '/home/ada/t.py' },
      ],
    });
    expect(JSON.stringify(await lab.events())).not.toMatch(/Lovelace|home/);
  });

  it.each([
    ['GET', `/${NOWHERE}`, undefined],
    ['GET', '/..%2f..%2fetc', undefined],
    ['PATCH', `/${NOWHERE}`, { status: 2 }],
    ['DELETE', `/${NOWHERE}`, undefined],
    ['POST', `/${NOWHERE}/params`, { params: [] }],
    ['PATCH', `/${NOWHERE}/tags`, { tags: [] }],
    ['DELETE', `/${NOWHERE}/tags/a`, undefined],
    ['GET', `/${NOWHERE}/artifacts/directories`, undefined],
    ['GET', `/${NOWHERE}/artifacts/files?artifact_file_path=a`, undefined],
  ] as const)('%s %s: there is no such model', async (method, path, body) => {
    expect((await call(method, path, body)).status).toBe(404);
  });

  it.each([{ status: 0 }, { status: 'READY' }, { status: 4 }, {}, { status: [2] }, { status: null }])(
    'is not finalized by %j',
    async (body) => expect((await call('PATCH', `/${await model()}`, body)).status).toBe(400),
  );

  it('of a run or an experiment that is not there, or of a deleted experiment, is refused', async () => {
    expect((await call('POST', '', { experiment_id: '99' })).status).toBe(404);
    expect((await call('POST', '', { experiment_id: experimentId, source_run_id: 'a'.repeat(32) })).status).toBe(404);
    const change = { experimentId, change: 'delete' } as const;
    await lab.room.commands.execute(new ChangeExperimentLifecycle(lab.context(), change));
    expect((await call('POST', '', { experiment_id: experimentId })).status).toBe(400);
  });
});

describe('searching logged models', () => {
  it('answers the newest first, page by page, without the deleted', async () => {
    const ids = [await model(), await model(), await model(), await model()];
    await lab.room.commands.execute(new DeleteLoggedModel(lab.context(), { modelId: ids[2]! }));
    const found: unknown[] = [];
    for (let page_token: unknown = ''; page_token !== undefined;) {
      const { body } = await call('POST', '/search', { experiment_ids: [experimentId], max_results: 1, page_token });
      const { models, next_page_token } = body as unknown as { models: Wire['model'][]; next_page_token?: string };
      found.push(...models.map(({ info }) => info['model_id']));
      page_token = next_page_token;
    }
    expect(found).toEqual([ids[3], ids[1], ids[0]]);
    expect((await call('POST', '/search', { experiment_ids: ['99'] })).body).toEqual({});
    expect((await call('POST', '/search', { experiment_ids: [] })).body).toEqual({});
  });
  it('finds by name, status, tag and metric, on the data sets that are named, in the order asked for', async () => {
    const created = async (name: string) => {
      const { body } = await call('POST', '', {
        experiment_id: experimentId,
        name,
        tags: [{ key: 'of', value: name }],
      });
      return (body as unknown as Wire).model.info['model_id'] as LoggedModelId;
    };
    const [a, b, c] = [await created('a'), await created('b'), await created('c')];
    await call('PATCH', `/${b}`, { status: 'LOGGED_MODEL_READY' });
    const run = await lab.run(experimentId);
    const log = (model_id: LoggedModelId, value: number, dataset_name?: string) =>
      lab.call('POST', 'runs/log-metric', {
        run_id: run,
        key: 'acc',
        value,
        timestamp: 1,
        step: value > 0.5 ? 1 : 0,
        model_id,
        ...(dataset_name ? { dataset_name, dataset_digest: 'd' } : {}),
      });
    await log(a, 0.9);
    await log(b, 0.7, 'test');
    await log(b, 0.2, 'train');
    await lab.room.projector.catchUp();
    const search = async (asked: object) => {
      const { body } = await call('POST', '/search', { experiment_ids: [experimentId], ...asked });
      return ((body as unknown as { models?: Wire['model'][] }).models ?? []).map(({ info }) => info['model_id']);
    };
    expect(await search({ filter: "name = 'b'" })).toEqual([b]);
    expect(await search({ filter: "status = 'READY'" })).toEqual([b]);
    expect(await search({ filter: "tags.of != 'b'", order_by: [{ field_name: 'name' }] })).toEqual([a, c]);
    expect(await search({ filter: 'metrics.acc < 0.8' })).toEqual([b]);
    expect(await search({ filter: 'metrics.acc < 0.6', datasets: [{ dataset_name: 'test' }] })).toEqual([]);
    expect(await search({ datasets: [{ dataset_name: 'test', dataset_digest: 'd' }] })).toEqual([b]);
    const byMetric = [{ field_name: 'metrics.acc', ascending: false }];
    expect(await search({ order_by: byMetric })).toEqual([a, b, c]);
    const onTrain = [{ field_name: 'metrics.acc', dataset_name: 'train' }, { field_name: 'name' }];
    expect(await search({ order_by: onTrain })).toEqual([b, a, c]);
  });
  it.each([
    { filter: "nonsense = 'a'" },
    { filter: 'metrics.acc > 0.5 OR metrics.acc < 0.1' },
    { order_by: [{ field_name: 'nonsense' }] },
    { order_by: ['name'] },
    { datasets: [{ dataset_digest: 'd' }] },
    { page_token: 'nonsense' },
    { max_results: -1 },
    { experiment_ids: undefined },
    { experiment_ids: '1' },
  ])('refuses %j, and says so', async (more) => {
    expect((await call('POST', '/search', { experiment_ids: [experimentId], ...more })).status).toBe(400);
  });
});

describe('metrics about a logged model', () => {
  const log = (runId: RunId, metrics: NonNullable<LogBatch['input']['metrics']>) => lab.log(runId, { metrics });
  it('are the run’s and the model’s, in one event, with the data set they were measured on', async () => {
    const runId = await lab.run(experimentId);
    const modelId = await model({ sourceRunId: runId });
    const about = { modelId, datasetName: 'LIMS', datasetDigest: 'abc' };
    const point = { key: 'auc', value: 0.9, timestamp: 1, step: 0, ...about };
    await log(runId, [
      point,
      { key: 'loss', value: 'NaN', timestamp: 1, step: 0 },
      { ...point, value: 'NaN', step: 1 },
    ]);
    await log(runId, [point]);
    expect(await lab.types(`metrics-${runId}`)).toEqual(['MetricsLogged', 'MetricsLogged']);
    const wire = {
      key: 'auc',
      timestamp: 1,
      dataset_name: 'LIMS',
      dataset_digest: 'abc',
      model_id: modelId,
      run_id: runId,
    };
    expect((await shown(modelId)).data['metrics']).toEqual([
      { ...wire, value: 0.9, step: 0 },
      { ...wire, value: 'NaN', step: 1 },
    ]);
    const { body } = await lab.call('GET', `metrics/get-history?run_id=${runId}&metric_key=auc`);
    expect((body as { metrics: unknown[] }).metrics).toHaveLength(2);
  });
  it('over HTTP keep a data set only together with a model', async () => {
    const runId = await lab.run(experimentId);
    const modelId = await model();
    const body = { run_id: runId, run_uuid: runId, key: 'auc', value: 1, timestamp: 1, dataset_name: 'd' };
    await lab.call('POST', 'runs/log-metric', body);
    await lab.call('POST', 'runs/log-metric', { ...body, step: '1', model_id: modelId });
    const logged = (await lab.room.ledger.read(`metrics-${runId}`)).map(({ data }) => data['metrics']);
    expect(logged).toEqual([
      [{ key: 'auc', value: 1, timestamp: 1, step: 0 }],
      [{ key: 'auc', value: 1, timestamp: 1, step: 1, modelId, datasetName: 'd' }],
    ]);
  });
  it('of a model that is not there or deleted leave nothing behind', async () => {
    const runId = await lab.run(experimentId);
    const modelId = await model();
    await lab.room.commands.execute(new DeleteLoggedModel(lab.context(), { modelId }));
    const point = { key: 'auc', value: 1, timestamp: 1, step: 0 };
    const bad = [NOWHERE as LoggedModelId, 'x' as LoggedModelId, modelId];
    for (const wrong of bad) {
      expect(await refusalOf(log(runId, [point, { ...point, modelId: wrong }]))).toBeDefined();
      const params = [{ key: 'p', value: '1' }];
      expect(await refusalOf(lab.log(runId, { params, metrics: [{ ...point, modelId: wrong }] }))).toBeDefined();
    }
    expect(await lab.types(`metrics-${runId}`)).toEqual([]);
    expect(await lab.types(`run-${runId}`)).toEqual(['RunStarted']);
  });
});

describe('a run and its logged models', () => {
  it('shows which it used and which it made', async () => {
    const runId = await lab.run(experimentId);
    const [used, made] = [await model(), await model()];
    expect(
      (await lab.call('POST', 'runs/outputs', { run_id: runId, models: [{ model_id: made, step: 2 }] })).status,
    ).toBe(200);
    expect((await lab.call('POST', 'runs/log-inputs', { run_id: runId, models: [{ model_id: used }] })).status).toBe(
      200,
    );
    const { body } = await lab.call('GET', `runs/get?run_id=${runId}`);
    expect((body as { run: object }).run).toMatchObject({
      inputs: { model_inputs: [{ model_id: used }] },
      outputs: { model_outputs: [{ model_id: made, step: 2 }] },
    });
  });
  it('names no model that is not there', async () => {
    const runId = await lab.run(experimentId);
    for (const [path, body] of [
      ['runs/outputs', { models: [{ model_id: NOWHERE, step: 0 }] }],
      ['runs/log-inputs', { models: [{ model_id: NOWHERE }] }],
    ] as const)
      expect((await lab.call('POST', path, { run_id: runId, ...body })).status).toBe(404);
    expect((await lab.call('POST', 'runs/outputs', { run_id: runId })).status).toBe(400);
  });
  it('keeps what an older client says of a model among its artifacts', async () => {
    const runId = await lab.run(experimentId);
    const model_json = JSON.stringify({ run_id: runId, artifact_path: 'm', utc_time_created: 't', flavors: {} });
    expect((await lab.call('POST', 'runs/log-model', { run_id: runId, model_json })).status).toBe(200);
    expect((await lab.call('POST', 'runs/log-model', { run_id: runId, model_json: '{' })).status).toBe(400);
    const { body } = await lab.call('GET', `runs/get?run_id=${runId}`);
    expect(JSON.stringify(body)).toContain('mlflow.log-model.history');
  });
});

it('a registered version is noted on the model that it was made from, once', async () => {
  const modelId = await model();
  for (const version of [1, 2, 1])
    await lab.room.commands.execute(new NoteModelVersion(lab.context(), { modelId, name: 'detector', version }));
  expect((await shown(modelId)).info['tags']).toEqual([
    { key: 'mlflow.modelVersions', value: '[{"name":"detector","version":1},{"name":"detector","version":2}]' },
  ]);
});

it('the same creation sent twice under one key makes one model', async () => {
  const make = () =>
    lab.room.commands.execute(new CreateLoggedModel(lab.context({ idempotencyKey: 'k' }), { experimentId, name: 'a' }));
  expect((await make()).modelId).toBe((await make()).modelId);
  expect((await lab.types()).filter((type) => type === 'LoggedModelCreated')).toHaveLength(1);
});
