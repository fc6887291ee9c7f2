import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, custody, freshServer, Http, withPassword } from '../support/custody.js';

describe('custody user and custody token', () => {
  let server: Awaited<ReturnType<typeof freshServer>>;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    server = await freshServer();
    const { login = '', password = '' } = server.admin;
    env = { CUSTODY_URL: server.url, CUSTODY_USERNAME: login, CUSTODY_PASSWORD: password };
  });
  afterAll(() => server.end());
  const user = (...args: string[]) => custody(['user', ...args], env);
  const rolesOf = async (login: string) => {
    const { body } = await server.admin.get<{ users: { login: string; roles: string[]; disabled: boolean }[] }>(
      '/api/v1/users',
    );
    return body.users.find((each) => each.login === login);
  };

  it('makes an account whose one-time password is the only thing on standard output', async () => {
    const made = await user(
      'create',
      'ana.lyst',
      '--name',
      'Ana Lyst',
      '--role',
      'analyst',
      '--reason',
      'joins—today',
      '--verified',
      'passport',
    );
    expect(made.code).toBe(0);
    expect(made.err).toMatch(/^made ana\.lyst \(u-[0-9a-f-]{36}\)\. Its one-time password is shown only now/);
    const changed = await custody(
      ['user', 'password', '--username', 'ana.lyst', '--password-stdin'],
      { CUSTODY_URL: server.url },
      `${made.out.trim()}\na password of her own\n`,
    );
    expect(changed).toMatchObject({ code: 0, out: 'the password of ana.lyst is changed\n' });
    const me = await new Http(server.url, 'ana.lyst', 'a password of her own').get('/api/v1/users/me');
    expect(me.body).toMatchObject({ login: 'ana.lyst', roles: ['analyst'] });
    const trail = await custody(['audit', '--action', 'UserCreated', '--limit', '1', '--json'], env);
    expect(JSON.parse(trail.out)).toMatchObject({ reason: 'joins—today' });
  });

  it('lists accounts as a table for people and as JSON for machines', async () => {
    const { out } = await user('list');
    expect(out).toMatch(/^login +name +kind +roles +state +identity verified +last sign-in \(UTC\) +id\n/);
    expect(out).toMatch(/^admin +\S+ +person +admin +active +first administrator: .* \d{4}-\d\d-\d\d \d\d:\d\d +u-/m);
    const lines = (await user('list', '--json')).out.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { login: string }).login)).toContain('admin');
  });

  it('makes an account that waits until somebody says how its person was identified', async () => {
    const made = await user('create', 'jo', '--role', 'viewer', '--reason', 'a test');
    expect(made.err).toContain('custody user verify jo "<how>"');
    const jo = await withPassword(server.url, 'jo', made.out.trim(), 'a password of their own');
    expect((await jo.get('/api/v1/training-jobs')).status).toBe(403);
    expect((await user('list')).out).toMatch(/^jo .*waits for its person to be identified/m);
    expect((await user('verify', 'jo', ' ')).code).toBe(65);
    expect((await user('verify', 'jo', 'known for years')).out).toBe('jo is active now\n');
    expect((await user('list')).out).toMatch(/^jo .*known for years/m);
    expect((await jo.get('/api/v1/training-jobs')).status).toBe(200);
  });

  it('sets roles and takes them away, and asks to be plain about it', async () => {
    await account(server.admin, 'kim', ['viewer']);
    expect(await user('roles', 'KIM', 'analyst', 'reviewer', '--reason', 'a test')).toMatchObject({
      code: 0,
      out: 'KIM has analyst, reviewer now\n',
    });
    expect((await rolesOf('kim'))?.roles).toEqual(['analyst', 'reviewer']);
    expect((await user('roles', 'kim')).code).toBe(64);
    expect((await user('roles', 'kim', 'analyst', '--none')).code).toBe(64);
    expect((await rolesOf('kim'))?.roles).toEqual(['analyst', 'reviewer']);
    expect((await user('roles', 'kim', '--none', '--reason', 'a test')).out).toBe('kim has no role now\n');
  });

  it('resets a forgotten password, and disables an account', async () => {
    const lee = await account(server.admin, 'lee', ['viewer']);
    const reset = await user('reset-password', 'lee');
    expect((await lee.get('/api/v1/users/me')).status).toBe(401);
    const again = await withPassword(server.url, 'lee', reset.out.trim(), 'another password for lee');
    expect((await again.get('/api/v1/users/me')).status).toBe(200);
    expect((await user('disable', 'lee', '--reason', 'has left')).out).toBe('lee is disabled\n');
    expect((await again.get('/api/v1/users/me')).status).toBe(401);
    expect((await user('list')).out).toMatch(/^lee .*disabled/m);
  });

  it('makes a token that works, shows it once, and revokes it', async () => {
    const made = await custody(['token', 'create', 'night job', '--expires', '2999-01-31'], env);
    expect(made.code).toBe(0);
    expect(made.out).toMatch(/^cst_\S+\n$/);
    const id = /made (t-\S+)\. Its secret is shown only now/.exec(made.err)![1]!;
    const byToken = { CUSTODY_URL: server.url, CUSTODY_TOKEN: made.out.trim() };
    const listed = await custody(['token', 'list'], byToken);
    expect(listed.out).toMatch(new RegExp(`^${id} +night job +holds until 2999-01-31`, 'm'));
    expect(listed.out).not.toContain(made.out.trim());
    expect((await custody(['token', 'revoke', id, '--reason', 'leaked'], env)).out).toBe(`${id} is revoked\n`);
    const refused = await custody(['token', 'list'], byToken);
    expect(refused.code).toBe(65);
    expect(refused.err).toContain('the token in CUSTODY_TOKEN is not right, or no longer valid');
    expect((await custody(['token', 'list'], env)).out).toMatch(new RegExp(`^${id} +night job +revoked `, 'm'));
  });

  it('gives a service account a token in place of a password', async () => {
    const made = await user('create', 'svc.import', '--service', '--role', 'analyst', '--reason', 'a test');
    expect(made.out).toContain('custody token create --user svc.import');
    const { out } = await custody(['token', 'create', 'importer', '--user', 'svc.import', '--json'], env);
    const { token } = JSON.parse(out) as { token: string };
    const me = await new Http(server.url).get('/api/v1/users/me', { authorization: `Bearer ${token}` });
    expect(me.body).toMatchObject({ login: 'svc.import', kind: 'service' });
  });

  it('passes on what the server refuses, and names an account that is not there', async () => {
    const twice = await user('create', 'admin', '--role', 'viewer', '--reason', 'a test');
    expect([twice.code, twice.out]).toEqual([65, '']);
    expect(twice.err).toMatch(/^custody: there is already an account with this login\n$/);
    const nobody = await user('disable', 'nobody');
    expect([nobody.code, nobody.err]).toEqual([
      65,
      'custody: there is no account "nobody"; custody user list shows all\n',
    ]);
    const role = await user('create', 'x.y', '--role', 'boss');
    expect(role.code).toBe(64);
    expect(role.err).toContain('viewer, analyst, reviewer');
  });

  it('never takes a password as an argument, and says how to give one', async () => {
    const { out } = await custody(['user', 'password', '--help']);
    expect(out).not.toMatch(/--password[ =]</);
    const missing = await custody(['user', 'list', '--username', 'admin'], { CUSTODY_URL: server.url });
    expect([missing.code, missing.err]).toEqual([
      64,
      'custody: there is no password for admin: set CUSTODY_PASSWORD, or pipe it in with --password-stdin\n',
    ]);
    for (const name of ['user', 'token']) expect((await custody([name, '--help'])).out).toContain('Examples:');
  });
});
