import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventCatalogue, ExperimentId } from '../../../core/index.js';
import { DecisionMaker, LedgerUnavailable } from '../../../ledger/index.js';
import { ExperimentReader } from '../../experiment/experiment-reader.js';
import { trackingEvents } from '../../index.js';
import { refusalOf, TrackingLab } from '../../testing/tracking-lab.js';
import {
  ChangeExperimentLifecycle,
  CreateExperiment,
  DeleteExperimentTag,
  EnsureDefaultExperiment,
  EnsureExperiment,
  RenameExperiment,
  SetExperimentTag,
} from './experiments.command.js';
import {
  CreateExperimentHandler,
  EnsureDefaultExperimentHandler,
  EnsureExperimentHandler,
} from './experiments.handler.js';

let lab: TrackingLab;
beforeEach(async () => {
  lab = await TrackingLab.open();
});
afterEach(() => lab.close());

const id = (text: string) => text as ExperimentId;
const taken = { kind: 'already-exists', code: 'experiment-exists' };

/** The handlers as another process has them: the log is all that it shares. */
function otherProcess() {
  const decisions = new DecisionMaker(lab.room.ledger, new EventCatalogue(trackingEvents));
  return {
    create: new CreateExperimentHandler(decisions),
    ensure: new EnsureExperimentHandler(decisions, new ExperimentReader(decisions)),
    ensureDefault: new EnsureDefaultExperimentHandler(decisions),
  };
}
const create = (name: string) => new CreateExperiment(lab.context(), { name });
const ensure = (name: string) => new EnsureExperiment(lab.context(), { name });
const change = (experimentId: string, what: 'delete' | 'restore') =>
  lab.room.commands.execute(
    new ChangeExperimentLifecycle(lab.context(), { experimentId: id(experimentId), change: what }),
  );
const rename = (experimentId: string, name: string) =>
  lab.room.commands.execute(new RenameExperiment(lab.context(), { experimentId: id(experimentId), name }));

describe('creating an experiment', () => {
  it('reserves the name, then begins the stream of the experiment', async () => {
    expect(await lab.experiment('A')).toBe('1');
    expect(await lab.experiment('B')).toBe('2');
    expect((await lab.events()).map(({ stream, type }) => [stream, type])).toEqual([
      ['directory-experiments', 'ExperimentNameReserved'],
      ['experiment-1', 'ExperimentCreated'],
      ['directory-experiments', 'ExperimentNameReserved'],
      ['experiment-2', 'ExperimentCreated'],
    ]);
  });

  it('of one name by many at once: one wins, in one process and in two', async () => {
    const { create: elsewhere } = otherProcess();
    const tries = Array.from({ length: 6 }, (_, index) =>
      index % 2 === 0 ? lab.room.commands.execute(create('A')) : elsewhere.execute(create('A')),
    );
    const results = await Promise.all(tries.map(refusalOf));
    expect(results.filter((refusal) => refusal === undefined)).toHaveLength(1);
    expect(results.filter((refusal) => refusal !== undefined)).toEqual(Array(5).fill(taken));
    expect(await lab.types()).toEqual(['ExperimentNameReserved', 'ExperimentCreated']);
  });

  it('that died after the reservation is completed by the next who wants the name', async () => {
    lab.faults.failNext('experiment-');
    await expect(lab.experiment('A')).rejects.toThrow(LedgerUnavailable);
    expect(await lab.types()).toEqual(['ExperimentNameReserved']);
    expect(await lab.experiment('A')).toBe('1');
    expect(await refusalOf(lab.experiment('A'))).toEqual(taken);
    expect(await lab.experiment('B')).toBe('2');
  });

  it('that is refused uses up no name and no id', async () => {
    const wrong = new CreateExperiment(lab.context(), { name: 'A', artifactLocation: 'file:///etc' });
    expect(await refusalOf(lab.room.commands.execute(wrong))).toMatchObject({ code: 'invalid-artifact-location' });
    expect(await lab.types()).toEqual([]);
    expect(await lab.experiment('B')).toBe('1');
  });

  it('under the name of a deleted one is refused, as MLflow does', async () => {
    await change(await lab.experiment('A'), 'delete');
    expect(await refusalOf(lab.experiment('A'))).toEqual(taken);
  });
});

describe('ensuring an experiment', () => {
  it('makes it once, however many ask at once', async () => {
    const { ensure: elsewhere } = otherProcess();
    const asked = Array.from({ length: 6 }, (_, index) =>
      index % 2 === 0 ? lab.room.commands.execute(ensure('A')) : elsewhere.execute(ensure('A')),
    );
    expect(await Promise.all(asked)).toEqual(Array(6).fill({ experimentId: '1' }));
    expect(await lab.room.commands.execute(ensure('A'))).toEqual({ experimentId: '1' });
    expect(await lab.types()).toEqual(['ExperimentNameReserved', 'ExperimentCreated']);
  });
  it('completes one that was only reserved', async () => {
    lab.faults.failNext('experiment-');
    await expect(lab.room.commands.execute(ensure('A'))).rejects.toThrow(LedgerUnavailable);
    expect(await lab.room.commands.execute(ensure('A'))).toEqual({ experimentId: '1' });
    expect(await lab.types()).toEqual(['ExperimentNameReserved', 'ExperimentCreated']);
  });
  it('finds it under its new name, and makes another under the old one', async () => {
    await lab.experiment('A');
    await rename('1', 'B');
    expect(await lab.room.commands.execute(ensure('B'))).toEqual({ experimentId: '1' });
    expect(await lab.room.commands.execute(ensure('A'))).toEqual({ experimentId: '2' });
  });
  it('refuses a deleted one', async () => {
    await change(await lab.experiment('A'), 'delete');
    expect(await refusalOf(lab.room.commands.execute(ensure('A')))).toEqual({
      kind: 'state',
      code: 'experiment-deleted',
    });
  });
});

describe('the default experiment', () => {
  it('is there once, however many servers start at once', async () => {
    const start = (process = otherProcess()) =>
      process.ensureDefault.execute(new EnsureDefaultExperiment(lab.context()));
    await Promise.all([start(), start(), lab.room.commands.execute(new EnsureDefaultExperiment(lab.context()))]);
    await start();
    expect((await lab.events()).map(({ type, data }) => [type, data['experimentId'], data['name']])).toEqual([
      ['ExperimentNameReserved', '0', 'Default'],
      ['ExperimentCreated', '0', 'Default'],
    ]);
  });
});

describe('changing an experiment', () => {
  const setTag = (experimentId: string, key: string, value: string) =>
    lab.room.commands.execute(new SetExperimentTag(lab.context(), { experimentId: id(experimentId), key, value }));

  it('is recorded under the name that it has by then', async () => {
    await lab.experiment('A');
    await rename('1', 'B');
    await setTag('1', 'k', 'v');
    await lab.room.commands.execute(new DeleteExperimentTag(lab.context(), { experimentId: id('1'), key: 'k' }));
    await change('1', 'delete');
    await change('1', 'restore');
    expect((await lab.room.ledger.read('experiment-1')).map(({ type, data }) => [type, data['name']])).toEqual([
      ['ExperimentCreated', 'A'],
      ['ExperimentTagSet', 'B'],
      ['ExperimentTagDeleted', 'B'],
      ['ExperimentDeleted', 'B'],
      ['ExperimentRestored', 'B'],
    ]);
  });

  it('waits until a deleted one is restored', async () => {
    await lab.experiment('A');
    await change('1', 'delete');
    expect(await refusalOf(rename('1', 'B'))).toMatchObject({ kind: 'state' });
    expect(await refusalOf(setTag('1', 'k', 'v'))).toMatchObject({ kind: 'state' });
    await change('1', 'restore');
    await rename('1', 'B');
    await setTag('1', 'k', 'v');
  });

  const missing = { kind: 'not-found', code: 'experiment-not-found' };
  const mistaken = { kind: 'invalid', code: 'invalid-experiment-id' };
  it.each([
    ...['7', '-1', '1'.repeat(40)].map((id) => [id, missing] as const),
    ...['', '1/../2', '$all', 'abc', '1.5'].map((id) => [id, mistaken] as const),
  ])('refuses %j, which is not there', async (experimentId, refusal) => {
    expect(await refusalOf(change(experimentId, 'delete'))).toEqual(refusal);
    expect(await refusalOf(rename(experimentId, 'B'))).toEqual(refusal);
    expect(await refusalOf(setTag(experimentId, 'k', 'v'))).toEqual(refusal);
    expect(await lab.types()).toEqual([]);
  });
});

describe('the experiment routes', () => {
  it('answer as MLflow does, from creation to restoration', async () => {
    const tags = [{ key: 'Project', value: 'Lab' }];
    expect(await lab.call('POST', 'experiments/create', { name: 'LIMS', tags })).toEqual({
      status: 200,
      body: { experiment_id: '1' },
    });
    expect(await lab.call('POST', 'experiments/create', { name: 'LIMS' })).toMatchObject({
      status: 400,
      body: { error_code: 'RESOURCE_ALREADY_EXISTS', message: 'Experiment(name=LIMS) already exists.' },
    });
    const time = lab.room.clock.now() / 1000;
    const experiment = {
      experiment_id: '1',
      name: 'LIMS',
      artifact_location: 'mlflow-artifacts:/1',
      lifecycle_stage: 'active',
      workspace: 'default',
      creation_time: time,
      last_update_time: time,
      tags,
    };
    expect((await lab.call('GET', 'experiments/get?experiment_id=1')).body).toEqual({ experiment });
    await lab.call('POST', 'experiments/update', { experiment_id: '1', new_name: 'Renamed' });
    expect((await lab.call('GET', 'experiments/get-by-name?experiment_name=Renamed')).body).toMatchObject({
      experiment: { experiment_id: '1' },
    });
    await lab.call('POST', 'experiments/delete', { experiment_id: '1' });
    expect((await lab.call('POST', 'experiments/search', {})).body).toEqual({});
    expect((await lab.call('POST', 'experiments/search', { view_type: 'DELETED_ONLY' })).body).toMatchObject({
      experiments: [{ experiment_id: '1', lifecycle_stage: 'deleted' }],
    });
    expect(await lab.call('POST', 'experiments/restore', { experiment_id: '1' })).toEqual({ status: 200, body: {} });
    expect((await lab.call('GET', 'experiments/search?max_results=5')).body).toMatchObject({
      experiments: [{ experiment_id: '1', lifecycle_stage: 'active' }],
    });
  });
  it('say what is not there', async () => {
    expect(await lab.call('GET', 'experiments/get?experiment_id=9')).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'No Experiment with id=9 exists' },
    });
    expect(await lab.call('GET', 'experiments/get-by-name?experiment_name=x')).toMatchObject({
      status: 404,
      body: { message: "Could not find experiment with name 'x'" },
    });
  });
  it('refuse a filter and an order that they do not know', async () => {
    expect(await lab.call('POST', 'experiments/search', { filter: "names = 'x'" })).toMatchObject({
      status: 400,
      body: { field: 'filter' },
    });
    expect(await lab.call('POST', 'experiments/search', { order_by: ['constructor ASC'] })).toMatchObject({
      status: 400,
      body: { field: 'order_by' },
    });
  });
});
