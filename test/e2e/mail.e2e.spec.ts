import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MailServer } from '../../src/mail/testing/mail-server.js';
import { account, custody as start, freshServer, Http } from '../support/custody.js';

describe('mail', () => {
  let server: MailServer;
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let ana: Http;

  beforeAll(async () => {
    server = await MailServer.open();
    custody = await freshServer([], {
      CUSTODY_SMTP_URL: `smtp://127.0.0.1:${server.port}`,
      CUSTODY_SMTP_FROM: 'custody@lab.example',
      CUSTODY_SMTP_TLS: 'none',
      CUSTODY_PRODUCTION_APPROVALS: '1',
    });
    for (const [login, roles] of [
      ['rex', ['reviewer']],
      ['gus', ['viewer']],
      ['second.admin', ['admin']],
    ] as const) {
      const made = await custody.admin.post('/api/v1/users', {
        login,
        roles,
        email: `${login}@lab.example`,
        identity_verified: 'identity card seen',
        reason: 'a test',
      });
      expect(made.status).toBe(201);
    }
    ana = await account(custody.admin, 'ana', ['analyst']);
  });
  afterAll(async () => {
    await custody.end();
    await server.close();
  });

  it('tells reviewers of a request, and administrators of an alert, and leaves no address in the trail', async () => {
    const model = { name: 'detector' };
    await ana.post('/api/2.0/mlflow/registered-models/create', model);
    await ana.post('/api/2.0/mlflow/model-versions/create', { ...model, source: 's3://lab/model' });
    const moving = { ...model, version: '1', stage: 'Production' };
    const { status } = await ana.post('/api/2.0/mlflow/model-versions/transition-stage', moving);
    expect(status).toBe(403);
    const [letter] = await server.letters(1);
    expect(letter!.to).toEqual(['rex@lab.example']);
    expect(letter!.raw).toMatch(/^Subject: Request 1 waits for a decision\r$/m);

    for (let guess = 0; guess < 5; guess++)
      await new Http(custody.url, 'gus', `a wrong guess ${guess}`).get('/api/v1/users/me');
    const [, alert] = await server.letters(2);
    expect(alert!.to).toEqual(['second.admin@lab.example']);
    expect(alert!.raw).toMatch(/^Subject: Alert: sign-in-locked\r$/m);

    const sent = async () => {
      const { body } = await custody.admin.get<{ events: { event_id: string }[] }>(
        '/api/v1/audit/events?action=MailSent&limit=10',
      );
      return body.events;
    };
    // The mail server has a letter before the server has recorded it.
    while ((await sent()).length < 2) await new Promise((later) => setTimeout(later, 50));
    for (const { event_id } of await sent()) {
      const { body } = await custody.admin.get(`/api/v1/audit/events/${event_id}`);
      expect(JSON.stringify(body)).not.toContain('@lab.example');
    }
  });

  it('tells those of a request whose role holds for its model, and not those whose role holds for another', async () => {
    const before = server.received.length;
    // People are written to in the order in which their accounts were made: when Sue was, Tim's turn was over.
    for (const [login, pattern] of [
      ['tim', 'other*'],
      ['sue', 'scoped*'],
    ] as const) {
      const person = { login, roles: ['viewer'], email: `${login}@lab.example`, reason: 'a test' };
      const made = await custody.admin.post<{ user_id: string }>('/api/v1/users', {
        ...person,
        identity_verified: 'identity card seen',
      });
      const grant = { role: 'reviewer', models: pattern, reason: 'a test' };
      const granted = await custody.admin.post(`/api/v1/users/${made.body.user_id}/grants`, grant);
      expect(granted.status).toBe(201);
    }
    const model = { name: 'scoped model' };
    await ana.post('/api/2.0/mlflow/registered-models/create', model);
    await ana.post('/api/2.0/mlflow/model-versions/create', { ...model, source: 's3://lab/model' });
    const moving = { ...model, version: '1', stage: 'Production' };
    await ana.post('/api/2.0/mlflow/model-versions/transition-stage', moving);
    await server.letters(before + 2);
    const parked = async () => (await custody.admin.get<{ count: number }>('/api/v1/mail/parked')).body.count;
    expect(await parked()).toBe(0);
    const letters = server.received.slice(before).map(({ to }) => to.join());
    expect(letters.sort()).toEqual(['rex@lab.example', 'sue@lab.example']);
  });

  it('is not started with credentials that would cross the network readable', async () => {
    const refused = await start(['serve', '--port', '0', '--data', custody.data], {
      CUSTODY_SMTP_URL: 'smtp://u:s3cret@mail.lab.example',
      CUSTODY_SMTP_FROM: 'custody@lab.example',
      CUSTODY_SMTP_TLS: 'none',
    });
    expect(refused.code).toBe(78);
    expect(refused.err).toContain('CUSTODY_SMTP_TLS');
    expect(refused.err).not.toContain('s3cret');
  });
});
