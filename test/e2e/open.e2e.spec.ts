import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { custody as run, freshServer, Http } from '../support/custody.js';

describe('an open server', () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  beforeAll(async () => {
    custody = await freshServer(['--open']);
  });
  afterAll(() => custody.end());

  it('takes requests without accounts, and says in its banner what that means', async () => {
    const created = await new Http(custody.url).post('/api/2.0/mlflow/runs/create', { experiment_id: '0' });
    expect(created.status).toBe(200);
    expect(custody.server.out).toMatch(/OPEN.*unverified/s);
  });

  it('records the actor as unverified, with the name that the client claims', async () => {
    await new Http(custody.url, 'kim', 'anything').post('/api/2.0/mlflow/experiments/create', { name: 'claimed' });
    const trail = await new Http(custody.url).get<{
      events: { action: string; actor: { id: string; verified: boolean } }[];
    }>('/api/v1/audit/events?action=ExperimentCreated&limit=1');
    const [event] = trail.body.events;
    expect(event?.actor.verified).toBe(false);
    expect(event?.actor.id).toMatch(/^unverified-/);
  });

  it('refuses a request under another host name, and one from another site', async () => {
    const rebound = await new Http(custody.url).get('/api/2.0/mlflow/experiments/get?experiment_id=0', {
      origin: 'https://evil.example',
    });
    expect(rebound.status).toBe(403);
  });

  it('is not started over people’s accounts, which it would open to everybody on the machine', async () => {
    const closed = await freshServer();
    const { code, err } = await run(['serve', '--open', '--port', '0', '--data', closed.data]);
    await closed.end();
    expect(code).toBe(78);
    expect(err).toContain('CUSTODY_OPEN: this folder has accounts');
  });
});
