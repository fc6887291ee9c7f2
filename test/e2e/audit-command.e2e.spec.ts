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
});
