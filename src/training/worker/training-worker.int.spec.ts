import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ArtifactStore, StoredBytes } from '../../artifacts/index.js';
import { errors } from '../../core/index.js';
import { LedgerCorrupted } from '../../ledger/index.js';
import { ResumeTraining } from '../commands/resume-training/resume-training.command.js';
import { loadModel, trainInThread, TrainingInput, TrainingOutput } from '../engine/index.js';
import type { TrainingResult } from '../job/events.js';
import { MortalLedger, Operation, ReplayingLedger } from '../testing/ledgers.js';
import { Lab, LabProcess, QUICK } from '../testing/lab.js';
import { WORKER_ACTOR } from './call.js';
import { Trainer, TrainingControl } from './trainer.js';
import { TRAINING_GROUP } from './training-worker.js';

/** Fails the given number of times, then trains. */
class FailingTrainer extends Trainer {
  calls = 0;
  constructor(
    private failures: number,
    private readonly error: () => unknown = () => errors.tooLarge('training-out-of-memory', 'needs more memory'),
  ) {
    super();
  }
  train(input: TrainingInput): Promise<TrainingOutput> {
    this.calls++;
    return this.failures-- > 0 ? Promise.reject(this.error()) : trainInThread(input);
  }
}

/** Trains until it is told to stop. */
class EndlessTrainer extends Trainer {
  train(_input: TrainingInput, { signal }: TrainingControl): Promise<TrainingOutput> {
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  }
}

let lab: Lab;
let server: LabProcess;
let datasetId: string;
beforeEach(async () => {
  lab = await Lab.open();
  server = await lab.process();
  datasetId = await server.registerDataset();
});
afterEach(() => lab[Symbol.asyncDispose]());

const typesOf = async (stream: string) => (await lab.stream(stream)).map(({ type }) => type);
const dataOf = async (type: string) => (await lab.all()).filter((event) => event.type === type).map(({ data }) => data);

async function workUntil(type: string, options: Parameters<Lab['process']>[0] = {}, count = 1): Promise<LabProcess> {
  const worker = await lab.process(options);
  worker.work();
  await lab.until(type, count);
  await worker.stop();
  return worker;
}

describe('the training worker', () => {
  it('makes a run with parameters, data, metrics and artifacts, and a version of it', async () => {
    const { jobId, runId } = await server.request({
      datasetId,
      tags: { Project: 'Lab_Modernization' },
      runName: 'baseline',
    });
    await workUntil('TrainingSucceeded');

    expect(await typesOf(`job-${jobId}`)).toEqual(['TrainingRequested', 'TrainingStarted', 'TrainingSucceeded']);
    expect(await typesOf(`run-${runId}`)).toEqual([
      'RunStarted',
      'ParamsLogged',
      'InputsLogged',
      'ParamsLogged',
      'TagsSet',
      'RunEnded',
    ]);
    const [started] = await dataOf('RunStarted');
    expect(started).toMatchObject({ runId, name: 'baseline' });
    expect(started!.tags).toEqual(
      expect.arrayContaining([
        { key: 'Project', value: 'Lab_Modernization' },
        { key: 'mlflow.source.name', value: expect.objectContaining({ subject: 'u-analyst' }) },
        { key: 'custody.job_id', value: jobId },
        { key: 'custody.code_version', value: '0.0.0-test' },
      ]),
    );
    const params = (await dataOf('ParamsLogged')).flatMap((data) => data.params as { key: string; value: string }[]);
    expect(Object.fromEntries(params.map(({ key, value }) => [key, value]))).toEqual({
      n_estimators: '3',
      max_depth: '3',
      min_samples_split: '10',
      min_samples_leaf: '5',
      class_weight: 'balanced',
      random_state: '42',
      data_source: 'LIMS_Synthetic_v1',
      training_samples: '48',
      test_samples: '12',
    });
    expect((await dataOf('RunEnded'))[0]).toMatchObject({ status: 'FINISHED' });

    const job = await lab.job(jobId);
    if (job.status !== 'succeeded') throw new Error(job.status);
    const [version] = await dataOf('ModelVersionCreated');
    expect(version).toMatchObject({ version: 1, runId, source: `runs:/${runId}/lims_qc_model`, requestKey: jobId });
    expect(job.result).toMatchObject({ modelId: version!.modelId, version: 1 });
    expect(Object.keys(job.result.metrics)).toEqual(['test_accuracy', 'test_precision', 'test_recall', 'test_f1']);
    expect(job.result.artifacts).toEqual(
      (await dataOf('ArtifactStored')).map(({ path, size, sha256 }) => ({ path, size, sha256 })),
    );
    const model = job.result.artifacts.find(({ path }) => path === 'lims_qc_model/model.json')!;
    expect(loadModel(await lab.store.read(model.sha256)).trees).toHaveLength(QUICK.n_estimators);
  });

  it('stores the model as a folder that MLflow can load, and tells the run so', async () => {
    const { jobId, runId } = await server.request({ datasetId });
    await workUntil('TrainingSucceeded');
    const job = await lab.job(jobId);
    if (job.status !== 'succeeded') throw new Error(job.status);
    const { artifacts } = job.result;
    const folder = artifacts.filter(({ path }) => path.startsWith('lims_qc_model/'));
    expect(folder.map(({ path }) => path.slice('lims_qc_model/'.length))).toEqual([
      'model.json',
      'code/custody_forest/__init__.py',
      'code/custody_forest/forest.py',
      'requirements.txt',
      'python_env.yaml',
      'conda.yaml',
      'input_example.json',
      'serving_input_example.json',
      'MLmodel',
    ]);
    const mlmodel = (await lab.store.read(folder.at(-1)!.sha256)).toString();
    const [tagged] = await dataOf('TagsSet');
    const [tag] = tagged!.tags as [{ key: string; value: string }];
    expect(tag.key).toBe('mlflow.log-model.history');
    const [model] = JSON.parse(tag.value) as [{ model_uuid: string }];
    expect(model).toMatchObject({ run_id: runId, artifact_path: 'lims_qc_model' });
    expect(mlmodel).toContain(`\nrun_id: "${runId}"\n`);
    expect(mlmodel).toContain(`\nmodel_uuid: "${model.model_uuid}"\n`);
  });

  it('says in every event for whom it acts, why, and what caused it', async () => {
    const { jobId } = await server.request({ datasetId });
    const before = (await lab.all()).length;
    await workUntil('TrainingSucceeded');
    const [request] = await lab.stream(`job-${jobId}`);
    const events = (await lab.all()).slice(before);
    expect(events.length).toBeGreaterThan(10);
    for (const event of events) {
      expect(event).toMatchObject({
        actor: { id: WORKER_ACTOR, kind: 'service', onBehalfOf: 'u-analyst' },
        reason: 'weekly retraining',
        correlationId: request!.correlationId,
        causationId: request!.id,
      });
    }
  });

  it('trains the same bytes from the same request, and counts the versions up', async () => {
    const first = await server.request({ datasetId });
    const second = await server.request({ datasetId });
    const other = await server.request({ datasetId, parameters: { ...QUICK, random_state: 43 } });
    await workUntil('TrainingSucceeded', {}, 3);
    const [a, b, c] = await Promise.all([first, second, other].map(({ jobId }) => lab.job(jobId)));
    if (a!.status !== 'succeeded' || b!.status !== 'succeeded' || c!.status !== 'succeeded')
      throw new Error('no success');
    // `MLmodel` says of which run it is; all else is the same.
    const bytes = ({ artifacts }: TrainingResult) => artifacts.filter(({ path }) => !path.endsWith('/MLmodel'));
    expect(bytes(b!.result)).toEqual(bytes(a!.result));
    expect(bytes(c!.result)).not.toEqual(bytes(a!.result));
    expect([a!, b!, c!].map(({ result }) => result.version)).toEqual([1, 2, 3]);
    expect(await typesOf(`model-${a!.result.modelId}`)).toEqual([
      'ModelRegistered',
      ...Array<string>(3).fill('ModelVersionCreated'),
    ]);
  });

  it('shares the jobs with other workers, each job once', async () => {
    const jobs = [];
    for (let job = 0; job < 8; job++) jobs.push(await server.request({ datasetId }));
    const workers = [
      await lab.process({ concurrency: 2, worker: 'one' }),
      await lab.process({ concurrency: 2, worker: 'two' }),
    ];
    for (const worker of workers) worker.work();
    await lab.until('TrainingSucceeded', jobs.length);
    for (const worker of workers) await worker.stop();
    const versions = (await dataOf('ModelVersionCreated')).map(({ version }) => version);
    expect(versions).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect((await dataOf('TrainingStarted')).map(({ attempt }) => attempt)).toEqual(Array<number>(8).fill(1));
  });

  it('acknowledges a job that is over without touching it again', async () => {
    const { jobId } = await server.request({ datasetId });
    const trainer = new FailingTrainer(0);
    await workUntil('TrainingSucceeded', { trainer });
    const before = await lab.all();
    // The same delivery once more, as after an acknowledgement that was lost.
    const replaying = new ReplayingLedger(lab.ledger);
    const again = await lab.process({ trainer, ledger: () => replaying });
    again.work();
    await replaying.acknowledged.promise;
    await again.stop();
    expect(trainer.calls).toBe(1);
    expect(await lab.all()).toEqual(before);
    expect((await lab.job(jobId)).status).toBe('succeeded');
  });

  describe('gives a job up', () => {
    it('at once when the data set is damaged: the run has failed and says so', async () => {
      const { jobId, runId } = await server.request({ datasetId });
      class DamagedStore extends Decorated {
        override read(): Promise<Buffer> {
          return Promise.reject(errors.lost('artifact-damaged', 'stored bytes are damaged'));
        }
      }
      await workUntil('RunEnded', { store: (shared) => new DamagedStore(shared) });
      expect(await lab.job(jobId)).toMatchObject({ status: 'failed', code: 'artifact-damaged', attempts: 1 });
      expect(await typesOf(`run-${runId}`)).toEqual(['RunStarted', 'RunEnded']);
      expect((await dataOf('RunEnded'))[0]).toMatchObject({ runId, status: 'FAILED' });
      expect(await dataOf('ModelVersionCreated')).toEqual([]);
      expect(await lab.ledger.parked(TRAINING_GROUP)).toEqual([]);
    });

    it('after too many attempts that failed, and takes it up again when it is resumed', async () => {
      const { jobId, runId } = await server.request({ datasetId });
      const trainer = new FailingTrainer(3);
      await workUntil('RunEnded', { trainer, maxRetries: 2 });
      expect(await typesOf(`job-${jobId}`)).toEqual([
        'TrainingRequested',
        ...['TrainingStarted', 'TrainingRetried'],
        ...['TrainingStarted', 'TrainingRetried'],
        ...['TrainingStarted', 'TrainingParked'],
      ]);
      expect(await lab.job(jobId)).toMatchObject({ status: 'parked', reason: 'needs more memory' });
      expect((await lab.ledger.parked(TRAINING_GROUP)).map(({ event }) => event.stream)).toEqual([`job-${jobId}`]);
      expect((await dataOf('RunEnded')).at(-1)).toMatchObject({ status: 'FAILED' });

      await server.commands.execute(new ResumeTraining(server.context(), { jobId }));
      await workUntil('TrainingSucceeded', { trainer });
      expect(await lab.job(jobId)).toMatchObject({ status: 'succeeded', attempts: 4 });
      expect((await typesOf(`run-${runId}`)).slice(0, 1)).toEqual(['RunStarted']);
      expect((await dataOf('RunEnded')).at(-1)).toMatchObject({ status: 'FINISHED' });
      expect(await dataOf('ModelVersionCreated')).toHaveLength(1);
    });

    it('when it kills every worker that takes it up', async () => {
      const { jobId } = await server.request({ datasetId });
      for (let death = 1; death <= 3; death++) {
        const dies = (operation: Operation) => (operation.includes('TrainingStarted') ? 'after' : undefined);
        const mortal = new MortalLedger(lab.ledger, dies);
        const victim = await lab.process({ ledger: () => mortal, stopMs: 0 });
        victim.work();
        await mortal.died.promise;
        await victim.stop();
        expect(await dataOf('TrainingStarted')).toHaveLength(death);
      }
      const trainer = new FailingTrainer(0);
      const last = await lab.process({ trainer });
      last.work();
      await lab.until('TrainingParked');
      await last.stop();
      expect(trainer.calls).toBe(0);
      expect(await lab.job(jobId)).toMatchObject({ status: 'parked', attempts: 3 });
    });
  });

  it('tries again what failed for a reason that nobody knows, and records no details of it', async () => {
    const { jobId } = await server.request({ datasetId });
    const trainer = new FailingTrainer(1, () => new TypeError('secret path'));
    await workUntil('TrainingSucceeded', { trainer });
    expect(await dataOf('TrainingRetried')).toEqual([
      expect.objectContaining({ jobId, attempt: 1, code: 'unexpected' }),
    ]);
    expect(JSON.stringify(await lab.all())).not.toContain('secret path');
  });

  it('tries again when the artifact store was full for a while, and stores each file once', async () => {
    await server.request({ datasetId });
    let full = 2;
    class FullStore extends Decorated {
      override put(...args: Parameters<ArtifactStore['put']>): Promise<StoredBytes> {
        return --full === 0
          ? Promise.reject(errors.unavailable('artifact-disk-full', 'the disk is full'))
          : super.put(...args);
      }
    }
    await workUntil('TrainingSucceeded', { store: (shared) => new FullStore(shared) });
    expect(await dataOf('TrainingRetried')).toEqual([expect.objectContaining({ code: 'artifact-disk-full' })]);
    const paths = (await dataOf('ArtifactStored')).map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
  });

  describe('stops', () => {
    it('after the job under way when that is finished in time', async () => {
      const { jobId } = await server.request({ datasetId });
      const worker = await lab.process();
      worker.work();
      await lab.until('TrainingStarted');
      await worker.stop();
      expect((await lab.job(jobId)).status).toBe('succeeded');
    });

    it('in the middle of training, and another worker takes the job up, uncounted', async () => {
      const { jobId } = await server.request({ datasetId });
      const slow = await lab.process({ trainer: new EndlessTrainer(), stopMs: 0 });
      slow.work();
      await lab.until('InputsLogged');
      await slow.stop();
      expect(await dataOf('TrainingRetried')).toEqual([
        expect.objectContaining({ attempt: 1, code: 'worker-stopped' }),
      ]);
      await workUntil('TrainingSucceeded', { maxRetries: 0 });
      expect(await lab.job(jobId)).toMatchObject({ status: 'succeeded', attempts: 2, failures: 0 });
    });

    it('for good when the log is corrupted', async () => {
      await server.request({ datasetId });
      const worker = await lab.process({
        trainer: new FailingTrainer(1, () => new LedgerCorrupted('the log is damaged')),
      });
      worker.work();
      await expect(worker.done()).rejects.toThrow('the log is damaged');
    });
  });
});

/** An artifact store that does what another one does. */
abstract class Decorated extends ArtifactStore {
  constructor(private readonly inner: ArtifactStore) {
    super();
  }
  put(...args: Parameters<ArtifactStore['put']>) {
    return this.inner.put(...args);
  }
  open(...args: Parameters<ArtifactStore['open']>) {
    return this.inner.open(...args);
  }
  override read(...args: Parameters<ArtifactStore['read']>) {
    return this.inner.read(...args);
  }
  has(...args: Parameters<ArtifactStore['has']>) {
    return this.inner.has(...args);
  }
  clean() {
    return this.inner.clean();
  }
  close() {
    this.inner.close();
  }
}
