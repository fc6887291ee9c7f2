import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, freshServer, Http, Proc } from '../support/custody.js';

const RUNS = '/api/2.0/mlflow/runs/get?run_id=0';
const ENV = { CUSTODY_SIGN_IN_FAILURES: '10', CUSTODY_TRUSTED_PROXIES: '127.0.0.1', CUSTODY_DENIALS_TO_ALERT: '3' };

interface Trail {
  readonly events: readonly { readonly event_id: string; readonly action: string }[];
}

describe('strangers', () => {
  let server: Awaited<ReturnType<typeof freshServer>>;
  let audi: Http;
  beforeAll(async () => {
    server = await freshServer([], ENV);
    audi = await account(server.admin, 'audi.tor', ['auditor']);
  }, 60_000);
  afterAll(() => server.end());

  const guess = (from: string, login = 'nobody') =>
    new Http(server.url, login, 'not the password').get(RUNS, { 'x-forwarded-for': from });
  /** Into the next minute, if need be. */
  const throttled = async (from: string) => {
    for (let tries = 0; tries < 50; tries++) {
      const answer = await guess(from);
      if (answer.status === 429) return answer;
      expect(answer.status).toBe(401);
    }
    throw new Error('was never slowed down');
  };

  it('are slowed down in MLflow’s words, and told when to come again', async () => {
    const answer = await throttled('203.0.113.1');
    expect(answer.body).toMatchObject({ error_code: 'REQUEST_LIMIT_EXCEEDED' });
    const wait = Number(answer.headers.get('retry-after'));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(60);
  });

  it('are told apart by what a trusted proxy says, the last address that it added', async () => {
    await throttled('203.0.113.2');
    expect((await guess('203.0.113.3')).status).toBe(401);
    expect((await guess('203.0.113.3, 203.0.113.2')).status).toBe(429);
    expect((await guess('203.0.113.2, 203.0.113.3')).status).toBe(401);
  });

  it('keep nobody out who has a token, or a password that was right there before', async () => {
    const from = { 'x-forwarded-for': '203.0.113.4' };
    expect((await audi.get('/api/v1/users/me', from)).status).toBe(200);
    const issued = await audi.post<{ token: string }>('/api/v1/tokens', { label: 'x' });
    await throttled('203.0.113.4');
    expect((await audi.get('/api/v1/users/me', from)).status).toBe(200);
    const token = { ...from, authorization: `Bearer ${issued.body.token}` };
    expect((await new Http(server.url).get('/api/v1/users/me', token)).status).toBe(200);
    expect((await new Http(server.url).get('/api/v1/users/me', from)).status).toBe(401);
  });

  it('and accounts that are refused again and again are alerts', async () => {
    const vic = await account(server.admin, 'vic.tim', ['viewer']);
    for (let i = 0; i < 8; i++) await vic.get('/api/v1/users');
    for (let i = 0; i < 5; i++) await guess(`198.51.100.${i + 1}`, 'vic.tim');
    type Alerts = { alerts: readonly { alert: string; user?: { name?: string } }[] };
    const { status, body } = await audi.get<Alerts>('/api/v1/audit/alerts');
    expect(status).toBe(200);
    const about = body.alerts.filter(({ user }) => user?.name === 'vic.tim').map(({ alert }) => alert);
    expect(about[0]).toBe('sign-in-locked');
    expect(about).toContain('repeated-denials');
    expect((await audi.get<{ field?: string }>('/api/v1/audit/alerts?alert=fire')).body.field).toBe('alert');
    expect((await vic.get('/api/v1/audit/alerts')).status).not.toBe(200);
  });

  it('by the thousand grow the log by a few events, which the trail has after the end of the server', async () => {
    const before = await events(audi);
    for (let i = 0; i < 40; i++) await Promise.all(Array.from({ length: 50 }, () => guess('203.0.113.5')));
    await server.server.stop();
    // Log lines are written in batches; all of them are there only now.
    expect(server.server.out).toContain('alert: an account was locked');
    expect(server.server.out).not.toContain('not the password');
    const again = Proc.start(['serve', '--port', '0', '--data', server.data], ENV);
    const { url } = await again.ready();
    const auditor = new Http(url, audi.login, audi.password);
    const after = await events(auditor);
    const grown = after.filter(({ event_id }) => !before.some((other) => other.event_id === event_id));
    let counted = 0;
    for (const { event_id, action } of grown.filter(({ action }) => /^SignIn(sRefused|Failed)$/.test(action))) {
      const { body } = await auditor.get<{ data: { count?: number } }>(`/api/v1/audit/events/${event_id}`);
      counted += action === 'SignInsRefused' ? body.data.count! : 1;
    }
    await again.stop();
    expect(counted).toBeGreaterThanOrEqual(2_000);
    expect(grown.length).toBeLessThan(100);
  });

  const events = async (auditor: Http) =>
    (await auditor.get<Trail>('/api/v1/audit/events?limit=1000&order=desc')).body.events;
});

describe('an account', () => {
  it('that asks too much is answered 429 until the minute is over, where there is a limit', async () => {
    const server = await freshServer([], { CUSTODY_REQUESTS_PER_MINUTE: '20' });
    let answer = await server.admin.get('/api/v1/users/me');
    for (let i = 0; i < 60 && answer.status === 200; i++) answer = await server.admin.get('/api/v1/users/me');
    await server.end();
    expect([answer.status, answer.body['code']]).toEqual([429, 'too-many-requests']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });
});
