import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { account, freshServer, Http } from '../support/custody.js';

type Call = (of: object) => Promise<unknown>;
interface Client {
  readonly Experiments: Readonly<Record<'create', Call>>;
  readonly Runs: Readonly<
    Record<
      | 'create'
      | 'get'
      | 'search'
      | 'update'
      | 'delete'
      | 'restore'
      | 'logParameter'
      | 'logMetric'
      | 'logBatch'
      | 'setTag'
      | 'deleteTag',
      Call
    >
  >;
  readonly Metrics: Readonly<Record<'getHistory', Call>>;
  readonly Artifacts: Readonly<Record<'list', Call>>;
}

// The package's own types are wrong about its module (CommonJS, the class itself) and about which fields are optional.
const MLflow = createRequire(import.meta.url)('mlflow') as new (of: {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
}) => Client;

interface Answer {
  readonly experiment_id: string;
  readonly run: {
    readonly info: { readonly run_id: string; readonly status: string; readonly lifecycle_stage: string };
    readonly data: Readonly<Record<'metrics' | 'params' | 'tags', readonly { key: string; value: string | number }[]>>;
  };
}

describe('the npm package mlflow', () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let analyst: Http;
  let client: Client;

  beforeAll(async () => {
    // The package prints every body that it sends.
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    custody = await freshServer();
    analyst = await account(custody.admin, 'ana.lyst', ['analyst']);
    const authorization = `Basic ${Buffer.from(`${analyst.login}:${analyst.password}`).toString('base64')}`;
    client = new MLflow({ endpoint: custody.url, headers: { authorization } });
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await custody.end();
  });

  async function experiment(name: string): Promise<string> {
    const { experiment_id } = (await client.Experiments.create({ name })) as Answer;
    return experiment_id;
  }
  async function run(experiment_id: string): Promise<string> {
    const tags = [{ key: 'Analyst', value: 'Senior_DS_Lead' }];
    const made = (await client.Runs.create({ experiment_id, start_time: Date.now(), tags })) as Answer;
    return made.run.info.run_id;
  }

  it('logs a run and reads it back', async () => {
    const experiment_id = await experiment('from npm');
    const run_id = await run(experiment_id);
    await client.Runs.logParameter({ run_id, key: 'max_depth', value: '5' });
    for (const step of [0, 1, 2]) {
      await client.Runs.logMetric({
        run_id,
        key: 'loss',
        value: 1 / (step + 1),
        timestamp: 1000 + step,
        step,
      });
    }
    await client.Runs.logBatch({
      run_id,
      metrics: [{ key: 'f1', value: 0.91, timestamp: 1000, step: 0 }],
      params: [{ key: 'n_estimators', value: '100' }],
      tags: [{ key: 'Reviewer', value: 'Clinical_Director' }],
    });
    await client.Runs.setTag({ run_id, key: 'draft', value: 'yes' });
    await client.Runs.deleteTag({ run_id, key: 'draft' });
    await client.Runs.update({ run_id, status: 'FINISHED', end_time: Date.now() });

    const back = (await client.Runs.get({ run_id })) as Answer;
    expect(back.run.info).toMatchObject({ run_id, status: 'FINISHED', lifecycle_stage: 'active' });
    const { metrics, params, tags } = back.run.data;
    const values = (of: readonly { key: string; value: string | number }[]) =>
      Object.fromEntries(of.map(({ key, value }) => [key, value]));
    expect(values(metrics)).toEqual({ loss: 1 / 3, f1: 0.91 });
    expect(values(params)).toEqual({ max_depth: '5', n_estimators: '100' });
    expect(values(tags)).toMatchObject({ Analyst: 'Senior_DS_Lead', Reviewer: 'Clinical_Director' });
    expect(values(tags)).not.toHaveProperty('draft');

    const history = (await client.Metrics.getHistory({ run_id, metric_key: 'loss' })) as {
      metrics: readonly { step: number; value: number }[];
    };
    expect(history.metrics.map(({ step, value }) => [step, value])).toEqual([
      [0, 1],
      [1, 1 / 2],
      [2, 1 / 3],
    ]);
  });

  it('finds runs, deletes and restores them', async () => {
    const experiment_id = await experiment('found from npm');
    const run_id = await run(experiment_id);
    const found = async (run_view_type: string) => {
      const asked = { experiment_ids: [experiment_id], run_view_type };
      const { runs = [] } = (await client.Runs.search(asked)) as { runs?: readonly Answer['run'][] };
      return runs.map(({ info }) => info.run_id);
    };
    await client.Runs.delete({ run_id });
    expect([await found('ACTIVE_ONLY'), await found('DELETED_ONLY')]).toEqual([[], [run_id]]);
    await client.Runs.restore({ run_id });
    expect([await found('ACTIVE_ONLY'), await found('ALL')]).toEqual([[run_id], [run_id]]);
  });

  it('lists the files of a run', async () => {
    const experiment_id = await experiment('files from npm');
    const run_id = await run(experiment_id);
    const path = `/api/2.0/mlflow-artifacts/artifacts/${experiment_id}/${run_id}/artifacts/reports/a.txt`;
    expect((await analyst.send('PUT', path, 'precision 0.91')).status).toBe(200);
    expect(await client.Artifacts.list({ run_id, path: 'reports' })).toMatchObject({
      files: [{ path: 'reports/a.txt', is_dir: false, file_size: 14 }],
    });
  });

  it('is told in an error what was wrong', async () => {
    const run_id = await run(await experiment('refused from npm'));
    await client.Runs.logParameter({ run_id, key: 'max_depth', value: '5' });
    await expect(client.Runs.logParameter({ run_id, key: 'max_depth', value: '7' })).rejects.toThrow(
      /"status":400.*INVALID_PARAMETER_VALUE/,
    );
    await expect(client.Runs.get({ run_id: 'f'.repeat(32) })).rejects.toThrow(/RESOURCE_DOES_NOT_EXIST/);
  });
});
