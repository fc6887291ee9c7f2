import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, freshServer, Http, Proc } from '../support/custody.js';
import { limsCsv } from '../../src/training/engine/lims-samples.js';

interface Job {
  readonly job_id: string;
  readonly run_id: string;
  readonly state: string;
  readonly attempts: number;
}

describe('kill -9 of a worker in the middle of training', () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let analyst: Http;
  beforeAll(async () => {
    custody = await freshServer();
    analyst = await account(custody.admin, 'ana.lyst', ['analyst']);
  });
  afterAll(() => custody.end());

  const job = async (id: string) => (await analyst.get<Job>(`/api/v1/training-jobs/${id}`)).body;
  const until = async (id: string, reached: (job: Job) => boolean): Promise<Job> => {
    for (;;) {
      const now = await job(id);
      if (reached(now)) return now;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it('loses nothing: another worker takes the job up, and exactly one version results', async () => {
    const dataset = await analyst.send<{ dataset_id: string }>(
      'POST',
      '/api/v1/datasets?name=LIMS',
      Buffer.from(limsCsv()),
      { 'content-type': 'text/csv' },
    );
    expect(dataset.status).toBe(201);
    const requested = await analyst.post<Job>('/api/v1/training-jobs', {
      dataset_id: dataset.body.dataset_id,
      experiment_name: 'Killed',
      registered_model_name: 'killed_model',
      parameters: { n_estimators: 200 },
    });
    expect(requested.status).toBe(202);
    const { job_id, run_id } = requested.body;

    const first = Proc.start(['worker', '--data', custody.data]);
    await first.ready();
    await until(job_id, ({ state }) => state === 'running');
    await first.kill();
    expect((await job(job_id)).state).toBe('running');

    const second = Proc.start(['worker', '--data', custody.data]);
    await second.ready();
    const done = await until(job_id, ({ state }) => state === 'succeeded' || state === 'failed' || state === 'parked');
    await second.stop();
    expect(done).toMatchObject({ state: 'succeeded', run_id, attempts: 2 });

    const versions = await analyst.get<{ model_versions: { version: string; run_id: string }[] }>(
      `/api/2.0/mlflow/model-versions/search?${new URLSearchParams({ filter: "name='killed_model'" }).toString()}`,
    );
    expect(versions.body.model_versions.map(({ version, run_id }) => [version, run_id])).toEqual([['1', run_id]]);
    const run = await analyst.get<{ run: { info: { status: string }; data: { metrics: { key: string }[] } } }>(
      `/api/2.0/mlflow/runs/get?run_id=${run_id}`,
    );
    expect(run.body.run.info.status).toBe('FINISHED');
    const history = await analyst.get<{ metrics: unknown[] }>(
      `/api/2.0/mlflow/metrics/get-history?run_id=${run_id}&metric_key=test_f1`,
    );
    expect(history.body.metrics).toHaveLength(1);
  });
});
