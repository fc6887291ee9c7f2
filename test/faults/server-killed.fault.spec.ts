import { afterAll, describe, expect, it } from '@jest/globals';
import { account, dataFolder, Http, Proc, withPassword } from '../support/custody.js';

const ROUNDS = 3;
const CLIENTS = 16;

interface History {
  readonly metrics?: readonly { readonly step: number }[];
  readonly next_page_token?: string;
}

describe('kill -9 of the server while clients log', () => {
  const data = dataFolder();
  afterAll(() => data.remove());
  const start = async (port: string) => {
    const server = Proc.start(['serve', '--port', port, '--data', data.path, '--log-level', 'error']);
    return { server, ready: await server.ready() };
  };

  it('loses no metric point that was acknowledged, and the server starts again by itself', async () => {
    let { server, ready } = await start('0');
    const admin = await withPassword(
      ready.url,
      ready.firstStart!.login,
      ready.firstStart!.oneTimePassword,
      'the first password of admin',
    );
    let analyst = await account(admin, 'ana.lyst', ['analyst']);
    const started = await analyst.post<{ run: { info: { run_id: string } } }>('/api/2.0/mlflow/runs/create', {
      experiment_id: '0',
    });
    const { run_id } = started.body.run.info;

    const acknowledged = new Set<number>();
    let step = 0;
    for (let round = 0; round < ROUNDS; round++) {
      let over = false;
      const client = async (who: Http) => {
        while (!over) {
          const mine = step++;
          const answer = await who
            .post('/api/2.0/mlflow/runs/log-metric', { run_id, key: 'loss', value: mine, timestamp: mine, step: mine })
            .catch(() => undefined);
          if (answer?.status === 200) acknowledged.add(mine);
        }
      };
      const clients = Array.from({ length: CLIENTS }, () => client(analyst));
      await new Promise((resolve) => setTimeout(resolve, 300 + round * 170));
      await server.kill();
      over = true;
      await Promise.all(clients);
      ({ server, ready } = await start('0'));
      analyst = new Http(ready.url, analyst.login, analyst.password);
      const kept = await steps(analyst, run_id);
      expect([...acknowledged].filter((each) => !kept.has(each))).toEqual([]);
      expect(acknowledged.size).toBeGreaterThan(round * CLIENTS);
    }
    await server.stop();
  });
});

async function steps(client: Http, runId: string): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  let token: string | undefined;
  do {
    const query = new URLSearchParams({ run_id: runId, metric_key: 'loss', ...(token ? { page_token: token } : {}) });
    const { status, body } = await client.get<History>(`/api/2.0/mlflow/metrics/get-history?${query.toString()}`);
    expect(status).toBe(200);
    for (const each of body.metrics ?? []) found.add(each.step);
    token = body.next_page_token;
  } while (token);
  return found;
}
