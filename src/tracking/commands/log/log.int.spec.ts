import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RunId } from '../../../core/index.js';
import { LedgerUnavailable } from '../../../ledger/index.js';
import { refusalOf, TrackingLab } from '../../testing/tracking-lab.js';
import { LogBatch, LogInputs, LogMetric, LogParam } from './log.command.js';

let lab: TrackingLab;
let runId: RunId;
beforeEach(async () => {
  lab = await TrackingLab.open();
  runId = await lab.run(await lab.experiment());
});
afterEach(() => lab.close());

const metric = (step: number) => ({ key: 'loss', value: step / 2, timestamp: step, step });
const points = (count: number) => Array.from({ length: count }, (_, step) => metric(step));
const run = () => lab.types(`run-${runId}`);
const metrics = () => lab.types(`metrics-${runId}`);

describe('metrics alone', () => {
  it("go to a stream of their own, one event a request, and leave the run's stream alone", async () => {
    await lab.log(runId, { metrics: points(1000) });
    await lab.room.commands.execute(new LogMetric(lab.context(), { runId, metric: metric(0) }));
    expect(await metrics()).toEqual(['MetricsLogged', 'MetricsLogged']);
    expect(await run()).toEqual(['RunStarted']);
  });
  it('are refused as a whole for one wrong point', async () => {
    const wrong = [...points(3), { ...metric(3), key: '../up' }];
    expect(await refusalOf(lab.log(runId, { metrics: wrong }))).toEqual({ kind: 'invalid', code: 'invalid-key' });
    expect(await refusalOf(lab.log(runId, { metrics: points(1001) }))).toMatchObject({ code: 'batch-too-large' });
    expect(await metrics()).toEqual([]);
  });
  it('sent twice under one key are one write', async () => {
    const command = () => new LogMetric(lab.context({ idempotencyKey: 'k' }), { runId, metric: metric(1) });
    await lab.room.commands.execute(command());
    await lab.room.commands.execute(command());
    expect(await metrics()).toEqual(['MetricsLogged']);
  });
});

describe('a mixed batch', () => {
  const batch = { metrics: points(2), params: [{ key: 'p', value: '1' }], tags: [{ key: 't', value: '1' }] };

  it("is one append on the run's stream", async () => {
    await lab.log(runId, batch);
    expect(await run()).toEqual(['RunStarted', 'ParamsLogged', 'TagsSet', 'MetricsLogged']);
    expect(await metrics()).toEqual([]);
    const [, ...appended] = await lab.room.ledger.read(`run-${runId}`);
    expect(new Set(appended.map(({ correlationId }) => correlationId)).size).toBe(1);
  });
  it('leaves nothing behind when a parameter is refused', async () => {
    await lab.log(runId, { params: [{ key: 'p', value: '0' }] });
    const before = await lab.types();
    expect(await refusalOf(lab.log(runId, batch))).toEqual({ kind: 'invalid', code: 'param-immutable' });
    expect(await lab.types()).toEqual(before);
  });
  it('leaves nothing behind when the log fails, and can be sent again', async () => {
    lab.faults.failNext('run-');
    await expect(lab.log(runId, batch)).rejects.toThrow(LedgerUnavailable);
    expect(await run()).toEqual(['RunStarted']);
    await lab.log(runId, batch);
    expect(await run()).toEqual(['RunStarted', 'ParamsLogged', 'TagsSet', 'MetricsLogged']);
  });
});

describe('parameters logged at once', () => {
  it('of many keys are all there', async () => {
    const keys = Array.from({ length: 30 }, (_, index) => `p${index}`);
    await Promise.all(
      keys.map((key) => lab.room.commands.execute(new LogParam(lab.context(), { runId, key, value: key }))),
    );
    const events = await lab.room.ledger.read(`run-${runId}`);
    const logged = events.flatMap(({ data }) => (data['params'] as { key: string }[] | undefined) ?? []);
    expect(logged.map(({ key }) => key).sort()).toEqual(keys.sort());
  });
  it('of one key keep the one that came first', async () => {
    const values = Array.from({ length: 10 }, (_, index) => String(index));
    const results = await Promise.all(
      values.map((value) =>
        refusalOf(lab.room.commands.execute(new LogParam(lab.context(), { runId, key: 'p', value }))),
      ),
    );
    expect(results.filter((refusal) => refusal === undefined)).toHaveLength(1);
    expect(new Set(results.map((refusal) => refusal?.code))).toEqual(new Set([undefined, 'param-immutable']));
    expect(await run()).toEqual(['RunStarted', 'ParamsLogged']);
  });
});

it('inputs that are there already are not recorded again', async () => {
  const inputs = [{ name: 'LIMS', digest: 'abc', sourceType: 'local', source: '{}', tags: [] }];
  await lab.room.commands.execute(new LogInputs(lab.context(), { runId, inputs }));
  await lab.room.commands.execute(new LogInputs(lab.context(), { runId, inputs }));
  expect(await run()).toEqual(['RunStarted', 'InputsLogged']);
});

describe('inputs larger than an append', () => {
  const wide = (digest: string, length: number) => ({
    ...{ name: 'wide', digest, sourceType: 'local', source: '{}', tags: [] },
    schema: '"é😀'.repeat(length / 4),
    profile: `{"columns":${length}}`,
  });
  const logged = async () => {
    const { body } = await lab.call('GET', `runs/get?run_id=${runId}`);
    const { dataset_inputs: inputs } = (body as { run: { inputs: { dataset_inputs: { dataset: object }[] } } }).run
      .inputs;
    return inputs.map(({ dataset }) => dataset);
  };
  const asRead = ({ digest, schema, profile }: ReturnType<typeof wide>) =>
    expect.objectContaining({ name: 'wide', digest, schema, profile });
  const tell = (inputs: ReturnType<typeof wide>[]) =>
    lab.room.commands.execute(new LogInputs(lab.context(), { runId, inputs }));

  it('are recorded in several, each within its limit, and read as one', async () => {
    const inputs = [wide('1', 1_000_000), wide('2', 40), ...['3', '4', '5'].map((digest) => wide(digest, 300_000))];
    await tell(inputs);
    expect(new Set(await run())).toEqual(new Set(['RunStarted', 'InputTextsRecorded', 'InputsLogged']));
    expect(await logged()).toEqual(inputs.map(asRead));
    const before = await run();
    await tell(inputs);
    expect(await run()).toEqual(before);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'are completed by the same call again when the log goes away after %i appends',
    async (failing) => {
      const inputs = [wide('1', 1_000_000), wide('2', 300_000), wide('3', 300_000), wide('4', 300_000)];
      lab.faults.failNext('run-', failing);
      await expect(tell(inputs)).rejects.toBeInstanceOf(LedgerUnavailable);
      await tell(inputs);
      expect(await logged()).toEqual(inputs.map(asRead));
    },
  );
});

it.each(['code', 'local'])(
  'a %s source of an input, which tells of the person and their machine, never stands in the log in clear',
  async (sourceType) => {
    const source = '{"tags": {"mlflow.user": "kim.lee", "mlflow.source.name": "/home/kim.lee/train.py"}}';
    const inputs = [{ name: 'LIMS', digest: 'abc', sourceType, source, tags: [] }];
    await lab.room.commands.execute(new LogInputs(lab.context(), { runId, inputs }));
    await lab.room.commands.execute(
      new LogBatch(lab.context(), { runId, tags: [{ key: 'mlflow.source.name', value: '/home/kim.lee/train.py' }] }),
    );
    expect(JSON.stringify(await lab.events())).not.toContain('kim.lee');
  },
);

it('a source that is too long is refused before it is sealed', async () => {
  const inputs = [{ name: 'LIMS', digest: 'abc', sourceType: 'code', source: 'x'.repeat(70_000), tags: [] }];
  await expect(lab.room.commands.execute(new LogInputs(lab.context(), { runId, inputs }))).rejects.toMatchObject({
    kind: 'invalid',
  });
  expect(await run()).toEqual(['RunStarted']);
});

describe('the logging routes', () => {
  const get = async () =>
    (await lab.call('GET', `runs/get?run_id=${runId}`)).body as { run: { data: object; inputs: object } };

  it('take a whole batch, with numbers as text and values that JSON can not say', async () => {
    const { status, body } = await lab.call('POST', 'runs/log-batch', {
      run_id: runId,
      metrics: [
        { key: 'nan', value: 'NaN', timestamp: '7', step: '1' },
        { key: 'up', value: 'Infinity', timestamp: 7 },
        { key: 'down', value: '-Infinity', timestamp: 7, step: -1 },
        { key: 'loss', value: '0.5', timestamp: 7, step: 1 },
      ],
      params: [{ key: 'depth', value: '5' }],
      tags: [{ key: 'stage', value: 'lab' }],
    });
    expect([status, body]).toEqual([200, {}]);
    expect((await get()).run.data).toMatchObject({
      metrics: [
        { key: 'down', value: '-Infinity', timestamp: 7, step: -1 },
        { key: 'loss', value: 0.5, timestamp: 7, step: 1 },
        { key: 'nan', value: 'NaN', timestamp: 7, step: 1 },
        { key: 'up', value: 'Infinity', timestamp: 7, step: 0 },
      ],
      params: [{ key: 'depth', value: '5' }],
      tags: [{ key: 'mlflow.runName' }, { key: 'stage', value: 'lab' }],
    });
  });
  it('take one metric, parameter, tag and data set at a time', async () => {
    const send = (path: string, body: object) => lab.call('POST', `runs/${path}`, { run_id: runId, ...body });
    await send('log-metric', { key: 'loss', value: 1, timestamp: 1 });
    await send('log-parameter', { key: 'depth', value: '5' });
    await send('set-tag', { key: 'stage', value: 'lab' });
    await send('delete-tag', { key: 'mlflow.runName' });
    const dataset = { name: 'LIMS', digest: 'abc', source_type: 'http', source: 'https://lab.example/lims.csv' };
    await send('log-inputs', { datasets: [{ dataset, tags: [{ key: 'mlflow.data.context', value: 'training' }] }] });
    expect((await get()).run).toMatchObject({
      data: {
        metrics: [{ key: 'loss', value: 1, timestamp: 1, step: 0 }],
        params: [{ key: 'depth', value: '5' }],
        tags: [{ key: 'stage', value: 'lab' }],
      },
      inputs: { dataset_inputs: [{ dataset, tags: [{ key: 'mlflow.data.context', value: 'training' }] }] },
    });
  });
  it.each([
    ['log-metric', { key: 'a', value: 'high', timestamp: 1 }, 'value'],
    ['log-metric', { key: 'a', value: 1, timestamp: 1.5 }, 'timestamp'],
    ['log-metric', { key: 'a', value: 1, timestamp: '99999999999999999999' }, 'timestamp'],
    ['log-metric', { key: 'a', value: 1, timestamp: 1, step: '9007199254740993' }, 'step'],
    ['log-parameter', { key: 'a', value: 5 }, 'value'],
    ['log-parameter', { value: '5' }, 'key'],
    ['set-tag', { key: '/etc/passwd', value: '' }, 'key'],
    ['delete-tag', { key: '' }, 'key'],
    ['log-batch', { params: [{ key: 'a/../b', value: '' }] }, 'params[0].key'],
  ])('%s refuses %j', async (path, body, field) => {
    const answer = await lab.call('POST', `runs/${path}`, { run_id: runId, ...body });
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE', field } });
    expect(await lab.types()).toHaveLength(3);
  });
  it.each([
    ['log-batch', '../etc', 400],
    ['log-inputs', '../etc', 400],
    ['log-batch', 'no-run', 404],
    ['set-tag', '../etc', 404],
  ])('%s of run %s answers as MLflow does', async (path, run, status) => {
    const answer = await lab.call('POST', `runs/${path}`, { run_id: run, key: 'a', value: 'b' });
    expect(answer).toMatchObject({ status, body: { field: 'run_id' } });
  });
});
