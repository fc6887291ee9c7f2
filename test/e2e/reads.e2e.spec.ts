import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, custody, freshServer, Http, Proc } from '../support/custody.js';

const MLFLOW = '/api/2.0/mlflow';

interface WireRead {
  readonly actor: { readonly id: string; readonly name?: string; readonly via: string };
  readonly route: string;
  readonly kind: string;
  readonly id?: string;
  readonly path?: string;
  readonly query?: string;
  readonly fields?: readonly string[];
  readonly count: number;
  readonly rows?: number;
}

/* Intervals of a minute: whatever these tests see was written because somebody asked, or at the end. */
const SLOW = { CUSTODY_READ_TRAIL_MS: '60000' };

describe('reads in the trail', () => {
  let server: Awaited<ReturnType<typeof freshServer>>;
  let ana: Http;
  let audi: Http;
  let run: string;
  beforeAll(async () => {
    server = await freshServer([], SLOW);
    ana = await account(server.admin, 'ana.lyst', ['analyst']);
    audi = await account(server.admin, 'audi.tor', ['auditor']);
    const made = await ana.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, { experiment_id: '0' });
    run = made.body.run.info.run_id;
    const file = `/api/2.0/mlflow-artifacts/artifacts/0/${run}/artifacts/model/x`;
    await ana.send('PUT', file, 'bytes', { 'content-type': 'application/octet-stream' });
    for (let i = 0; i < 3; i++) await ana.get(`${MLFLOW}/runs/get?run_id=${run}&run_uuid=${run}`);
    await ana.get(file);
    await ana.get(`/get-artifact?run_id=${run}&path=model/x`);
    for (const filter of ["attributes.user_id = 'kim'", "attributes.user_id = 'kim'", ''])
      await ana.post(`${MLFLOW}/runs/search`, { experiment_ids: ['0'], filter });
    await ana.get(`${MLFLOW}/runs/get?run_id=${'0'.repeat(32)}`);
  }, 60_000);
  afterAll(() => server.end());

  const reads = async (query = '') => {
    const answer = await audi.get<{ reads: readonly WireRead[]; next_page_token?: string }>(
      `/api/v1/audit/reads${query}`,
    );
    expect(answer.status).toBe(200);
    return answer.body.reads;
  };

  it('show up to the moment of the question who read what, how often, and nothing that was not there', async () => {
    const seen = await reads('?actor=ana.lyst');
    const of = (route: string) => seen.filter((read) => read.route === route);
    expect(of(`${MLFLOW}/runs/get`)).toMatchObject([{ kind: 'run', id: run, count: 3, actor: { name: 'ana.lyst' } }]);
    expect(of('/get-artifact')).toMatchObject([{ kind: 'run', id: run, path: 'model/x', count: 1 }]);
    expect(of('/api/2.0/mlflow-artifacts/artifacts/*')).toMatchObject([{ kind: 'run', id: run, path: 'model/x' }]);
    const searches = of(`${MLFLOW}/runs/search`);
    expect(searches.map(({ count }) => count).sort()).toEqual([1, 2]);
    for (const search of searches) expect(search).toMatchObject({ kind: 'experiment', id: '0' });
    expect(searches.find(({ count }) => count === 1)).toMatchObject({ rows: 1, fields: ['experiment_ids', 'filter'] });
    expect(new Set(searches.map(({ query }) => query)).size).toBe(2);
    expect(JSON.stringify(seen)).not.toContain('kim');
  });

  it('tell who has read the trail itself, its reads included', async () => {
    await audi.get('/api/v1/audit/events?limit=1');
    await reads();
    const seen = await reads('?kind=trail&actor=audi.tor');
    expect(new Set(seen.map(({ route }) => route))).toEqual(new Set(['/api/v1/audit/events', '/api/v1/audit/reads']));
  });

  it('are events of the log like all others', async () => {
    await reads();
    const { body } = await audi.get<{ events: readonly { event_id: string; outcome: string }[] }>(
      '/api/v1/audit/events?analyst=ana.lyst&action=ReadsRecorded',
    );
    expect(body.events).toHaveLength(1);
    const { body: whole } = await audi.get<{ data: { reads: readonly object[] }; origin: object }>(
      `/api/v1/audit/events/${body.events[0]!.event_id}`,
    );
    expect(whole.data.reads.length).toBeGreaterThan(3);
    expect(whole.origin).toHaveProperty('client');
  });

  it.each([
    ['?kind=Run', 'kind'],
    ['?id=1', 'kind'],
    ['?from=yesterday', 'from'],
    ['?from=2026-01-02&to=2026-01-01', 'to'],
    ['?limit=0', 'limit'],
    ['?actor=nobody.at.all', 'actor'],
    ['?page_token=x', 'page_token'],
    ['?reader=ana', 'reader'],
  ])('refuse the question %s and name %s', async (query, field) => {
    const answer = await audi.get<{ field?: string }>(`/api/v1/audit/reads${query}`);
    expect([400, 404]).toContain(answer.status);
    expect(answer.body.field).toBe(field);
  });

  it('are told by the command line', async () => {
    const env = { CUSTODY_URL: server.url, CUSTODY_USERNAME: audi.login!, CUSTODY_PASSWORD: audi.password! };
    const { code, out, err } = await custody(
      ['audit', 'reads', '--kind', 'run', '--id', run, '--from', '2026-01-01'],
      env,
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`ana\\.lyst +run ${run} +${MLFLOW}/runs/get +3 `));
    const wrong = await custody(['audit', 'reads', '--id', run], env);
    expect(wrong.code).toBe(65);
    expect(wrong.err).toContain('kind=run');
  });

  it('are written down when the server ends', async () => {
    await ana.get(`${MLFLOW}/experiments/get?experiment_id=0`);
    await server.server.stop();
    const again = Proc.start(['serve', '--port', '0', '--data', server.data], SLOW);
    const { url } = await again.ready();
    const { body } = await new Http(url, audi.login, audi.password).get<{ reads: readonly WireRead[] }>(
      '/api/v1/audit/reads?actor=ana.lyst&kind=experiment&id=0',
    );
    await again.stop();
    expect(body.reads.map(({ route }) => route)).toContain(`${MLFLOW}/experiments/get`);
  });
});
