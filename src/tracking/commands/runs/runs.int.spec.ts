import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandContext, ExperimentId, RunId, UserId } from '../../../core/index.js';
import { ChangeExperimentLifecycle } from '../experiments/experiments.command.js';
import { DeleteTag, LogInputs, LogMetric, LogParam, SetTag } from '../log/log.command.js';
import { refusalOf, TrackingLab } from '../../testing/tracking-lab.js';
import { ChangeRunLifecycle, EndRun, StartRun } from './runs.command.js';

let lab: TrackingLab;
let experimentId: ExperimentId;
beforeEach(async () => {
  lab = await TrackingLab.open();
  experimentId = await lab.experiment();
});
afterEach(() => lab.close());

const lifecycle = (runId: RunId, change: 'delete' | 'restore') =>
  lab.room.commands.execute(new ChangeRunLifecycle(lab.context(), { runId, change }));
const metric = { key: 'loss', value: 0.5, timestamp: 1, step: 0 };

/** Every command that writes to a run. */
const writes = (runId: RunId): readonly (() => Promise<unknown>)[] => {
  const { commands } = lab.room;
  return [
    () => commands.execute(new LogMetric(lab.context(), { runId, metric })),
    () => lab.log(runId, { metrics: [metric] }),
    () => lab.log(runId, { metrics: [metric], params: [{ key: 'p', value: '1' }] }),
    () => commands.execute(new LogParam(lab.context(), { runId, key: 'p', value: '1' })),
    () => commands.execute(new SetTag(lab.context(), { runId, key: 't', value: '1' })),
    () => commands.execute(new DeleteTag(lab.context(), { runId, key: 't' })),
    () => commands.execute(new LogInputs(lab.context(), { runId, inputs: [] })),
    () => commands.execute(new EndRun(lab.context(), { runId, status: 'FINISHED' })),
  ];
};

describe('restoring a run', () => {
  it('is refused while its experiment is deleted: it would stay deleted', async () => {
    const runId = await lab.run(experimentId);
    await lifecycle(runId, 'delete');
    await lab.room.commands.execute(new ChangeExperimentLifecycle(lab.context(), { experimentId, change: 'delete' }));
    expect(await refusalOf(lifecycle(runId, 'restore'))).toMatchObject({ code: 'experiment-deleted' });
    await lab.room.commands.execute(new ChangeExperimentLifecycle(lab.context(), { experimentId, change: 'restore' }));
    await lifecycle(runId, 'restore');
    expect((await lab.room.ledger.read(`run-${runId}`)).map(({ type }) => type)).toEqual([
      'RunStarted',
      'RunDeleted',
      'RunRestored',
    ]);
  });
});

describe('starting a run', () => {
  it('gives it an id, a name and a time when it brings none', async () => {
    const runId = await lab.run(experimentId);
    expect(runId).toMatch(/^[0-9a-f]{32}$/);
    const [event] = await lab.room.ledger.read(`run-${runId}`);
    expect(event!.data).toMatchObject({ runId, experimentId, startTime: lab.room.clock.now() / 1000 });
    expect(event!.data['name']).toMatch(/^[a-z]+-[a-z]+-\d+$/);
  });
  it('takes the name of its tag, and gives one to a run whose tag is empty', async () => {
    const named = await lab.run(experimentId, { tags: [{ key: 'mlflow.runName', value: 'tagged' }] });
    const unnamed = await lab.run(experimentId, { tags: [{ key: 'mlflow.runName', value: '' }] });
    const nameOf = async (runId: RunId) => (await lab.room.ledger.read(`run-${runId}`))[0]!.data['name'];
    expect(await nameOf(named)).toBe('tagged');
    expect(await nameOf(unnamed)).toMatch(/^[a-z]+-[a-z]+-\d+$/);
  });
  it('is one run when the same job repeats it, by its id or by its key', async () => {
    const runId = 'c'.repeat(32) as RunId;
    expect(await lab.run(experimentId, { runId })).toBe(runId);
    expect(await lab.run(experimentId, { runId })).toBe(runId);
    const keyed = () =>
      lab.room.commands.execute(new StartRun(lab.context({ idempotencyKey: 'job/7/start' }), { experimentId }));
    expect((await keyed()).runId).toBe((await keyed()).runId);
    expect((await lab.types()).filter((type) => type === 'RunStarted')).toHaveLength(2);
  });
  it('is refused in an experiment that is deleted or not there', async () => {
    expect(await refusalOf(lab.run('9' as ExperimentId))).toEqual({ kind: 'not-found', code: 'experiment-not-found' });
    await lab.room.commands.execute(new ChangeExperimentLifecycle(lab.context(), { experimentId, change: 'delete' }));
    expect(await refusalOf(lab.run(experimentId))).toEqual({ kind: 'state', code: 'experiment-deleted' });
  });
});

describe('a deleted run', () => {
  it('takes no writes until it is restored', async () => {
    const runId = await lab.run(experimentId, { tags: [{ key: 't', value: '0' }] });
    await lifecycle(runId, 'delete');
    const before = await lab.types();
    for (const write of writes(runId)) expect(await refusalOf(write())).toEqual({ kind: 'state', code: 'run-deleted' });
    expect(await lab.types()).toEqual(before);
    await lifecycle(runId, 'restore');
    for (const write of writes(runId)) await write();
  });
});

describe('the runs of a deleted experiment', () => {
  it('take no writes until it is restored', async () => {
    const runId = await lab.run(experimentId, { tags: [{ key: 't', value: '0' }] });
    const change = (what: 'delete' | 'restore') =>
      lab.room.commands.execute(new ChangeExperimentLifecycle(lab.context(), { experimentId, change: what }));
    await change('delete');
    for (const write of writes(runId)) expect(await refusalOf(write())).toEqual({ kind: 'state', code: 'run-deleted' });
    await change('restore');
    for (const write of writes(runId)) await write();
  });
});

it.each(['9'.repeat(32), '', 'run', '../x', 'A'.repeat(32), '$all'])(
  'a run %j that is not there takes nothing',
  async (id) => {
    for (const write of writes(id as RunId))
      expect(await refusalOf(write())).toEqual({ kind: 'not-found', code: 'run-not-found' });
    expect(await refusalOf(lifecycle(id as RunId, 'restore'))).toMatchObject({ kind: 'not-found' });
  },
);

describe('personal data', () => {
  const person = { id: 'u-ada' as UserId, kind: 'person', roles: ['analyst'], via: 'password' } as const;
  const as = (more: Partial<CommandContext>) => lab.context(more);
  const claimed = { userId: 'Ada Lovelace', tags: [{ key: 'mlflow.user', value: 'Ada Lovelace' }] };

  it('never stands in the log in clear, however it came in', async () => {
    const context = as({ actor: person });
    const { runId } = await lab.room.commands.execute(new StartRun(context, { experimentId, ...claimed }));
    await lab.room.commands.execute(new SetTag(context, { runId, key: 'mlflow.user', value: 'Ada Byron' }));
    await lab.log(runId, { tags: [{ key: 'mlflow.user', value: 'Augusta Ada' }], metrics: [metric] });
    const log = JSON.stringify(await lab.events());
    for (const name of ['Lovelace', 'Byron', 'Augusta', Buffer.from('Ada Lovelace').toString('base64url')])
      expect(log).not.toContain(name);
    const [started] = await lab.room.ledger.read(`run-${runId}`);
    const sealed = started!.data['user'] as { subject: string; box: string };
    expect(sealed.subject).toBe('u-ada');
    expect(lab.personal.unseal(sealed)).toBe('Ada Lovelace');
  });
  it('belongs to the person whom a service acts for', async () => {
    const worker = {
      id: 'u-worker' as UserId,
      kind: 'service',
      roles: [],
      via: 'token',
      onBehalfOf: person.id,
    } as const;
    const { runId } = await lab.room.commands.execute(
      new StartRun(as({ actor: worker }), { experimentId, ...claimed }),
    );
    const [started] = await lab.room.ledger.read(`run-${runId}`);
    expect(started!.data['user']).toMatchObject({ subject: 'u-ada' });
  });
});

describe('the run routes', () => {
  it('answer a start with the run as MLflow shows it', async () => {
    const tags = [{ key: 'mlflow.user', value: 'Ada' }];
    const { body } = await lab.call('POST', 'runs/create', {
      experiment_id: experimentId,
      user_id: 'Ada',
      run_name: 'baseline',
      start_time: '5',
      tags,
    });
    expect(body).toMatchObject({
      run: {
        info: { run_name: 'baseline', user_id: 'Ada', status: 'RUNNING', start_time: 5, lifecycle_stage: 'active' },
        data: { tags: [...tags, { key: 'mlflow.runName', value: 'baseline' }] },
      },
    });
  });
  it('end a run and go on by its old name of the id', async () => {
    const runId = await lab.run(experimentId, { name: 'baseline' });
    const update = { run_uuid: runId, status: 'FINISHED', end_time: 9, run_name: 'final' };
    expect((await lab.call('POST', 'runs/update', update)).body).toMatchObject({
      run_info: { run_id: runId, run_name: 'final', status: 'FINISHED', end_time: 9 },
    });
    expect((await lab.call('GET', `runs/get?run_uuid=${runId}`)).body).toMatchObject({
      run: {
        info: { run_name: 'final', status: 'FINISHED', end_time: 9 },
        data: { tags: [{ key: 'mlflow.runName', value: 'final' }] },
      },
    });
  });
  it('keep the end time of a run that goes on, as MLflow does', async () => {
    const runId = await lab.run(experimentId);
    await lab.call('POST', 'runs/update', { run_id: runId, status: 'FAILED', end_time: 9 });
    await lab.call('POST', 'runs/update', { run_id: runId, status: 'RUNNING' });
    expect((await lab.call('GET', `runs/get?run_id=${runId}`)).body).toMatchObject({
      run: { info: { status: 'RUNNING', end_time: 9 } },
    });
  });
  it('name the field that is wrong', async () => {
    const runId = await lab.run(experimentId);
    expect(await lab.call('POST', 'runs/update', { run_id: runId, status: 'DONE' })).toMatchObject({
      status: 400,
      body: { field: 'status' },
    });
    expect(await lab.call('POST', 'runs/create', { start_time: 'noon' })).toMatchObject({
      status: 400,
      body: { field: 'start_time' },
    });
    expect(await lab.call('GET', 'runs/get')).toMatchObject({ status: 400, body: { field: 'run_id' } });
  });
});
