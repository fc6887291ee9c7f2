import { describe, expect, it } from '@jest/globals';
import { Lab, LabProcess } from '../testing/lab.js';
import { Death, MortalLedger, Operation } from '../testing/ledgers.js';
import { TRAINING_GROUP } from './training-worker.js';

/** One job, whose first worker may die at a step; others follow until it is done. */
async function play(dies: ConstructorParameters<typeof MortalLedger>[1]) {
  await using lab = await Lab.open();
  const server = await lab.process();
  const { jobId } = await server.request({ datasetId: await server.registerDataset() });
  const ledger = new MortalLedger(lab.ledger, dies);
  const first = await lab.process({ ledger: () => ledger, stopMs: 0 });
  first.work();
  await Promise.race([ledger.died.promise, ledger.settled.promise]);
  await first.stop();
  // A later attempt must not leave its own time in what it writes again.
  lab.clock.advance(3_600_000_000);
  const second = await lab.process();
  second.work();
  await lab.until('TrainingSucceeded');
  await second.stop();
  return { ...(await outcome(lab, jobId)), operations: ledger.operations };
}

/** What people see of it, without what differs from attempt to attempt. */
async function outcome(lab: Lab, jobId: string) {
  const events = await lab.all();
  const of = (type: string) => events.filter((event) => event.type === type).map(({ data }) => data);
  const job = await lab.job(jobId);
  if (job.status !== 'succeeded') throw new Error(`the job is ${job.status}`);
  return {
    runs: of('RunStarted').map(({ runId }) => runId === job.request.runId),
    params: of('ParamsLogged').flatMap(({ params }) => params),
    inputs: of('InputsLogged').flatMap(({ inputs }) => inputs),
    metrics: of('MetricsLogged').flatMap(({ metrics }) =>
      (metrics as { key: string; value: number }[]).map(({ key, value }) => ({ key, value })),
    ),
    models_told: of('TagsSet').length,
    artifacts: of('ArtifactStored').map(withoutRun),
    ends: of('RunEnded').map(({ status }) => status),
    models: of('ModelRegistered').length,
    versions: of('ModelVersionCreated').map(({ version }) => version),
    successes: of('TrainingSucceeded').length,
    result: { ...job.result, artifacts: job.result.artifacts.map(withoutRun) },
    left: await leftOver(lab),
  };
}

/** `MLmodel` names its run, so its digest is another one for each job; two attempts at one job would show as two files. */
const withoutRun = ({ path, size, sha256 }: { readonly [name: string]: unknown }) =>
  String(path).endsWith('/MLmodel') ? { path, size } : { path, size, sha256 };

/** Deliveries that nobody has settled, parked ones included. */
async function leftOver(lab: Lab): Promise<number> {
  const worker: LabProcess = await lab.process();
  const before = (await lab.all()).length;
  worker.work();
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  await worker.stop();
  return (await lab.all()).length - before + (await lab.ledger.parked(TRAINING_GROUP)).length;
}

const { operations, ...expected } = await play(undefined);
const comparable = ({ result: { modelId: _, ...result }, ...rest }: typeof expected) => ({ ...rest, result });
const table = operations.flatMap((operation, index): [Death, Operation, number][] => [
  ['before', operation, index],
  ['after', operation, index],
]);

describe('a worker that dies', () => {
  it('has all these steps to die at', () => {
    expect(operations).toEqual([
      'append TrainingStarted',
      'append RunStarted',
      'append ParamsLogged',
      'append InputsLogged',
      'append ParamsLogged',
      'append MetricsLogged',
      ...Array<string>(12).fill('append ArtifactStored'),
      'append TagsSet',
      'append RunEnded',
      'append RegisteredModelNameReserved',
      'append ModelRegistered',
      'append ArtifactsSealed',
      'append ModelVersionCreated',
      'append TrainingSucceeded',
      'ack TrainingRequested',
    ]);
    expect(expected).toMatchObject({
      runs: [true],
      ends: ['FINISHED'],
      models: 1,
      models_told: 1,
      versions: [1],
      successes: 1,
      left: 0,
    });
    expect(new Set(expected.metrics.map(({ key }) => key)).size).toBe(expected.metrics.length);
  });

  it.each(table)('%s the step "%s" (%i) leaves one run and one version, complete', async (death, _, at) => {
    const { operations: __, ...actual } = await play((___, index) => (index === at ? death : undefined));
    expect(comparable(actual)).toEqual(comparable(expected));
  });
});
