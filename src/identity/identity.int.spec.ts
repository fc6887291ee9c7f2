import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BootstrapAdministrator } from './index.js';
import { basic, bearer } from './testing/fake-request.js';
import { IdentityLab } from './testing/identity-lab.js';

type Json = Record<string, never> & { readonly [key: string]: unknown };
interface Answer {
  readonly status: number;
  readonly body: Json;
}

const SECRET = 'correct horse battery staple';

describe('accounts over HTTP', () => {
  let lab: IdentityLab;
  let admin: string;

  const send = async (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    authorization?: string,
    payload?: object,
  ): Promise<Answer> => {
    const headers = { 'user-agent': 'Lab-Browser/9.9', ...(authorization === undefined ? {} : { authorization }) };
    const remoteAddress = '198.51.100.23';
    const { statusCode, body } = await lab.app.inject({
      method,
      url: `/api/v1/${path}`,
      headers,
      payload,
      remoteAddress,
    });
    return { status: statusCode, body: (body === '' ? {} : JSON.parse(body)) as Json };
  };
  const text = (value: unknown): string => value as string;

  /** A person who has changed their one-time password. */
  const signUp = async (login: string, roles: readonly string[], more: object = {}): Promise<string> => {
    const created = await send('POST', 'users', admin, {
      login,
      roles,
      identity_verified: 'known to the test',
      reason: 'a test',
      ...more,
    });
    expect(created.status).toBe(201);
    const current = text(created.body['one_time_password']);
    const next = `${SECRET} of ${login}`;
    expect((await send('POST', 'users/me/password', basic(login, current), { current, new: next })).status).toBe(200);
    return basic(login, next);
  };

  beforeEach(async () => {
    lab = await IdentityLab.start();
    const { oneTimePassword: current } = (await lab.commands.execute(new BootstrapAdministrator(lab.system())))!;
    await send('POST', 'users/me/password', basic('admin', current), { current, new: SECRET });
    admin = basic('admin', SECRET);
  });
  afterEach(() => lab.stop());

  it('start with one person and end with a lab', async () => {
    const ada = await signUp('ada', ['analyst'], { display_name: 'Ada Lovelace', email: 'ada@lab.example' });
    expect((await send('GET', 'users/me', ada)).body).toMatchObject({
      login: 'ada',
      display_name: 'Ada Lovelace',
      roles: ['analyst'],
      via: 'password',
      verified: true,
    });
    await lab.catchUp();
    const { body } = await send('GET', 'users', admin);
    expect(body['users']).toMatchObject([
      { login: 'admin', display_name: 'Administrator', roles: ['admin'], disabled: false, must_change_password: false },
      {
        login: 'ada',
        display_name: 'Ada Lovelace',
        email: 'ada@lab.example',
        last_sign_in_at: '2026-01-05T09:00:00.000000Z',
      },
    ]);
    expect(body).not.toHaveProperty('next_page_token');
  });

  it('are listed page by page', async () => {
    for (const login of ['ada', 'bob', 'cyd', 'dan']) await send('POST', 'users', admin, { login, roles: [] });
    await lab.catchUp();
    const logins: unknown[] = [];
    let token: unknown;
    do {
      const { body } = await send(
        'GET',
        `users?max_results=2${token === undefined ? '' : `&page_token=${text(token)}`}`,
        admin,
      );
      logins.push(...(body['users'] as unknown as { login: string }[]).map(({ login }) => login));
      token = body['next_page_token'];
    } while (token !== undefined);
    expect(logins).toEqual(['admin', 'ada', 'bob', 'cyd', 'dan']);
  });

  it('without a role may see and change themselves, and nothing else', async () => {
    const ada = await signUp('ada', []);
    const me = await send('GET', 'users/me', ada);
    expect(me).toMatchObject({ status: 200, body: { login: 'ada', roles: [] } });
    const token = await send('POST', 'tokens', ada, { label: 'mine' });
    expect(token.status).toBe(201);
    for (const [method, path, body] of [
      ['GET', 'users', undefined],
      ['POST', 'users', { login: 'bob', roles: [] }],
      ['POST', `users/${text(me.body['user_id'])}/roles`, { roles: ['admin'] }],
    ] as const) {
      expect(await send(method, path, bearer(text(token.body['token'])), body)).toMatchObject({
        status: 403,
        body: { code: 'not-permitted', message: expect.stringMatching(/^you have no role, which may not /) },
      });
    }
    expect(await lab.events('AccessDenied')).toHaveLength(3);
  });

  it('are changed by administrators only, with the reason on record', async () => {
    const ada = await signUp('ada', ['analyst']);
    const id = text((await send('GET', 'users/me', ada)).body['user_id']);
    expect(await send('POST', `users/${id}/roles`, ada, { roles: ['admin'] })).toMatchObject({
      status: 403,
      body: { code: 'not-permitted' },
    });
    const asked = { roles: ['analyst', 'reviewer'], reason: 'second reviewer for Q1' };
    expect(await send('POST', `users/${id}/roles`, admin, asked)).toEqual({
      status: 200,
      body: { user_id: id, roles: asked.roles },
    });
    const [changed] = await lab.events('RolesChanged');
    expect(changed).toMatchObject({ reason: asked.reason, data: { userId: id, from: ['analyst'], to: asked.roles } });
    expect(await send('POST', `users/${id}/disable`, admin)).toMatchObject({ status: 200, body: { disabled: true } });
    expect(await send('GET', 'users/me', ada)).toMatchObject({ status: 401, body: { code: 'invalid-credentials' } });
  });

  it('change their password only with the present one, and to a good one', async () => {
    const ada = await signUp('ada', ['analyst']);
    const current = `${SECRET} of ada`;
    const change = (body: object) => send('POST', 'users/me/password', ada, body);
    expect(await change({ current: 'not the current one', new: 'x'.repeat(20) })).toMatchObject({
      status: 403,
      body: { code: 'wrong-password' },
    });
    expect(await change({ current, new: 'short' })).toMatchObject({
      status: 400,
      body: { code: 'weak-password', field: 'new' },
    });
    expect(await change({ current, new: current })).toMatchObject({ status: 400, body: { code: 'same-password' } });
    expect(await change({ current })).toMatchObject({ status: 400 });
    expect(await lab.events('PasswordSet')).toHaveLength(4);
    expect((await lab.events('AccessDenied')).map(({ data }) => data['code'])).toEqual(['wrong-password']);
    expect(await change({ current, new: 'something else entirely' })).toMatchObject({ status: 200 });
  });

  it('get a new one-time password from an administrator', async () => {
    const ada = await signUp('ada', ['analyst']);
    const id = text((await send('GET', 'users/me', ada)).body['user_id']);
    const { body } = await send('POST', `users/${id}/password`, admin, { reason: 'lost it' });
    const authorization = basic('ada', text(body['one_time_password']));
    expect(await send('GET', 'users/me', ada)).toMatchObject({ status: 401 });
    expect(await send('GET', 'users/me', authorization)).toMatchObject({
      status: 403,
      body: { code: 'password-change-required' },
    });
  });

  it('issue, list, use and revoke their tokens', async () => {
    const ada = await signUp('ada', ['analyst']);
    const issued = await send('POST', 'tokens', ada, { label: 'Ada’s laptop', expires_at: '2027-01-05T09:00:00Z' });
    expect(issued).toMatchObject({ status: 201, body: { token: expect.stringMatching(/^cst_[\w-]{43}$/) } });
    const token = bearer(text(issued.body['token']));
    expect((await send('GET', 'users/me', token)).body).toMatchObject({ login: 'ada', via: 'token' });
    await lab.catchUp();
    const { tokens } = (await send('GET', 'tokens', token)).body as unknown as { tokens: Json[] };
    expect(tokens).toEqual([
      {
        token_id: issued.body['token_id'],
        user_id: issued.body['user_id'],
        label: 'Ada’s laptop',
        created_at: '2026-01-05T09:00:00.000000Z',
        expires_at: '2027-01-05T09:00:00.000000Z',
        last_used_at: '2026-01-05T09:00:00.000000Z',
      },
    ]);
    const revoke = () => send('DELETE', `tokens/${text(issued.body['token_id'])}`, ada);
    expect(await revoke()).toMatchObject({ status: 200, body: { revoked: true } });
    expect(await revoke()).toMatchObject({ status: 200 });
    expect(await lab.events('TokenRevoked')).toHaveLength(1);
    expect(await send('GET', 'users/me', token)).toMatchObject({ status: 401 });
  });

  it('of a service get their tokens from administrators; nobody gets another person’s', async () => {
    const ada = await signUp('ada', ['analyst']);
    const adaId = text((await send('GET', 'users/me', ada)).body['user_id']);
    const service = await send('POST', 'users', admin, {
      login: 'ci',
      roles: ['analyst'],
      kind: 'service',
      reason: 'a test',
    });
    expect(service.body).not.toHaveProperty('one_time_password');
    const user_id = text(service.body['user_id']);
    expect(await send('POST', 'tokens', ada, { label: 'ci', user_id })).toMatchObject({
      status: 403,
      body: { code: 'not-permitted' },
    });
    expect(await send('POST', 'tokens', admin, { label: 'x', user_id: adaId })).toMatchObject({
      status: 403,
      body: { code: 'token-for-another-person' },
    });
    const issued = await send('POST', 'tokens', admin, { label: 'ci', user_id });
    expect((await send('GET', 'users/me', bearer(text(issued.body['token'])))).body).toMatchObject({
      kind: 'service',
      login: 'ci',
    });
    expect(await send('DELETE', `tokens/${text(issued.body['token_id'])}`, ada)).toMatchObject({ status: 403 });
    expect(await send('GET', `tokens?user_id=${user_id}`, ada)).toMatchObject({ status: 403 });
    await lab.catchUp();
    expect((await send('GET', `tokens?user_id=${user_id}`, admin)).body['tokens']).toHaveLength(1);
    expect(await send('DELETE', `tokens/${text(issued.body['token_id'])}`, admin)).toMatchObject({ status: 200 });
  });

  it.each([
    ['POST', 'users', { login: 'a b', roles: [] }, 400],
    ['POST', 'users', { login: 'ada', roles: ['god'] }, 400],
    ['POST', 'users', { login: 'ada', roles: 'admin' }, 400],
    ['POST', 'users', { login: 'ada' }, 400],
    ['POST', 'users', { login: 'ada', roles: ['analyst', 'analyst'] }, 400],
    ['POST', 'users/u-unknown/roles', { roles: ['viewer', 'admin', 'viewer'] }, 400],
    ['POST', 'users', { login: 7, roles: [] }, 400],
    ['POST', 'users', { login: 'ada', roles: [], email: 'not mail' }, 400],
    ['POST', 'users', { login: 'ada', roles: [], display_name: 'a\u202eb' }, 400],
    ['POST', 'users', { login: 'ada', roles: [], reason: 'a\nb' }, 400],
    ['POST', 'users', { login: 'admin', roles: [] }, 409],
    ['POST', 'users/u-unknown/roles', { roles: [], reason: 'a test' }, 404],
    ['POST', 'users/u-unknown/roles', { roles: [] }, 400],
    ['POST', 'users', { login: 'new', roles: ['viewer'] }, 400],
    ['POST', 'users/..%2F..%2Fetc/roles', { roles: [], reason: 'a test' }, 404],
    ['POST', 'users/u-unknown/disable', {}, 404],
    ['POST', 'users/u-unknown/password', {}, 404],
    ['POST', 'tokens', { label: '' }, 400],
    ['POST', 'tokens', { label: 'x', expires_at: 'tomorrow' }, 400],
    ['POST', 'tokens', { label: 'x', expires_at: '2001-01-01' }, 400],
    ['POST', 'tokens', { label: 'x', user_id: 'u-unknown' }, 404],
    ['DELETE', 'tokens/t-unknown', undefined, 404],
    ['GET', 'users?max_results=0', undefined, 400],
  ] as const)('refuse %s %s %j with %i and record no change', async (method, path, body, status) => {
    const changes = async () => (await lab.events()).filter(({ stream }) => !stream.startsWith('access-')).length;
    const before = await changes();
    expect(await send(method, path, admin, body)).toMatchObject({ status });
    expect(await changes()).toBe(before);
  });

  it('show a person who was erased as such when the read models are built', async () => {
    const ada = await signUp('ada', ['analyst'], { display_name: 'Ada Lovelace', email: 'ada@lab.example' });
    const { body } = await send('GET', 'users/me', ada);
    lab.keystore.erase(text(body['user_id']));
    await lab.catchUp();
    const { users } = (await send('GET', 'users', admin)).body as unknown as { users: Json[] };
    expect(users[1]).toMatchObject({
      login: '[erased]',
      display_name: '[erased]',
      email: '[erased]',
      roles: ['analyst'],
    });
  });

  it('leave no secret and no personal data in the log, and no secret in any file', async () => {
    const ada = await signUp('ada.lovelace', ['analyst'], { display_name: 'Ada Byron', email: 'countess@lab.example' });
    const { body } = await send('POST', 'tokens', ada, { label: 'Byron’s laptop' });
    const token = text(body['token']);
    await send('GET', 'users/me', bearer(token));
    await send('GET', 'users/me', basic('charles.babbage', 'difference engine no. 2'));
    await send('GET', 'audit', ada);
    await send('GET', 'users', ada);
    await lab.catchUp();
    const log = JSON.stringify(await lab.events());
    const kept = filesOf(lab.folder);
    const secrets = [`${SECRET} of ada.lovelace`, SECRET, 'difference engine', token, token.slice(4)];
    const personal = ['lovelace', 'Byron', 'countess', 'babbage', '198.51.100.23', 'Lab-Browser'];
    for (const hidden of [...secrets, ...personal]) expect(log.toLowerCase()).not.toContain(hidden.toLowerCase());
    for (const hidden of secrets) expect(kept.includes(hidden)).toBe(false);
    expect(log).toContain('SignInFailed');
    expect(log).toContain('AccessDenied');
  });
});

function filesOf(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Buffer.concat(files.map(({ parentPath, name }) => readFileSync(join(parentPath, name))));
}
