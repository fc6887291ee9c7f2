import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { custody, freshServer, withPassword } from '../support/custody.js';

describe('custody recover', () => {
  let server: Awaited<ReturnType<typeof freshServer>>;
  beforeAll(async () => {
    server = await freshServer();
  });
  afterAll(() => server.end());

  const recover = (data: string, login = 'kim.lee', reason = 'the only administrator has left') =>
    custody(['recover', login, '--verified', 'passport seen', '--reason', reason, '--data', data]);

  it('makes another administrator beside the running server, as an alert, and with the reason in the trail', async () => {
    const made = await recover(server.data);
    expect(made.code).toBe(0);
    expect(made.err).toMatch(/^made the administrator kim\.lee \(u-/);
    const kim = await withPassword(server.url, 'kim.lee', made.out.trim(), 'a password of their own');
    expect((await kim.get('/api/v1/users/me')).body).toMatchObject({ login: 'kim.lee', roles: ['admin'] });
    expect((await kim.get('/api/v1/audit/events?action=UserCreated&limit=1')).body).toMatchObject({
      events: [{ reason: 'at the machine: the only administrator has left', actor: { kind: 'system' } }],
    });
    expect(JSON.stringify((await kim.get('/api/v1/audit/alerts')).body)).toContain('administrator-made');
    // Nobody else is another person now.
    expect((await server.admin.get('/api/v1/users/me')).status).toBe(200);
  });

  it('takes no login that somebody has, and needs the log of a server', async () => {
    const taken = await recover(server.data, 'admin');
    expect([taken.code, taken.out]).toEqual([65, '']);
    expect(taken.err).toContain('already an account');
    const empty = mkdtempSync(join(tmpdir(), 'custody-'));
    const none = await recover(empty);
    rmSync(empty, { recursive: true });
    expect(none.code).toBe(74);
    expect(none.err).toContain('there is no log at');
  });
});
