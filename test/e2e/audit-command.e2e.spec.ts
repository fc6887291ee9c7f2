import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, custody, freshServer } from '../support/custody.js';

describe('custody audit', () => {
  let server: Awaited<ReturnType<typeof freshServer>>;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    server = await freshServer();
    const analyst = await account(server.admin, 'ana.lyst', ['analyst']);
    const auditor = await account(server.admin, 'audi.tor', ['auditor']);
    await analyst.post('/api/2.0/mlflow/experiments/create', { name: 'Water' }, { 'x-custody-reason': 'a new series' });
    const issued = await auditor.post<{ token: string }>('/api/v1/tokens', { label: 'audit' });
    expect(issued.status).toBe(201);
    env = { CUSTODY_URL: server.url, CUSTODY_TOKEN: issued.body.token };
  });
  afterAll(() => server.end());

  it('prints who did what, when, to what and why', async () => {
    const { code, out } = await custody(['audit', '--analyst', 'ana.lyst', '--action', 'ExperimentCreated'], env);
    expect(code).toBe(0);
    expect(out).toMatch(
      /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +ana\.lyst +ExperimentCreated +experiment Water +ok +a new series/,
    );
  });

  it('prints the same as one JSON object a line', async () => {
    const { code, out } = await custody(['audit', '--json', '--order', 'asc', '--limit', '3'], env);
    expect(code).toBe(0);
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { position: number; action: string });
    expect(events).toHaveLength(3);
    expect(events.map(({ position }) => position)).toEqual(
      [...events.map(({ position }) => position)].sort((a, b) => a - b),
    );
  });

  it('passes on what the server says about a wrong question, and what to do without a token or a server', async () => {
    const wrong = await custody(['audit', '--from', 'yesterday'], env);
    expect(wrong.code).toBe(65);
    expect(wrong.err).toMatch(/from must be a time/);
    const nobody = await custody(['audit'], { CUSTODY_URL: server.url });
    expect(nobody.code).not.toBe(0);
    expect(nobody.err).toContain('CUSTODY_TOKEN');
    const away = await custody(['audit', '--url', 'http://127.0.0.1:9'], env);
    expect(away.code).toBe(69);
    expect(away.err).toContain('custody serve');
  });

  it.each(['foo', 'ftp://127.0.0.1', 'http://ana.lyst:secret@127.0.0.1:5000'])(
    'says what is wrong with the address %s, and the status is 64',
    async (url) => {
      const { code, out, err } = await custody(['audit', '--url', url], env);
      expect([code, out]).toEqual([64, '']);
      expect(err).toMatch(/^custody: --url \(CUSTODY_URL\) must .*\n$/);
      expect(err).not.toContain('secret@');
    },
  );

  it('takes login and password where there is no token, Custody’s own before MLflow’s', async () => {
    const { login = '', password = '' } = server.admin;
    const ask = (own: Readonly<Record<string, string>>) =>
      custody(['audit', '--limit', '1'], { CUSTODY_URL: server.url, ...own });
    expect((await ask({ CUSTODY_USERNAME: login, CUSTODY_PASSWORD: password })).code).toBe(0);
    expect((await ask({ MLFLOW_TRACKING_USERNAME: login, MLFLOW_TRACKING_PASSWORD: password })).code).toBe(0);
    const wrong = await ask({
      CUSTODY_USERNAME: 'nobody',
      CUSTODY_PASSWORD: 'x',
      MLFLOW_TRACKING_USERNAME: login,
      MLFLOW_TRACKING_PASSWORD: password,
    });
    expect([wrong.code, wrong.err]).toEqual([
      65,
      'custody: login nobody or its password is not right, or the account is disabled, or it has a second factor and needs a new --code\n',
    ]);
  });
});
