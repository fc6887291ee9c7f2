import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BootstrapAdministrator } from '../index.js';
import { basic } from '../testing/fake-request.js';
import { IdentityLab } from '../testing/identity-lab.js';

const SECRET = 'correct horse battery staple';
const HOW = 'passport seen by HR, form P-12';

describe('an account whose person was not identified', () => {
  let lab: IdentityLab;
  let admin: string;
  let ada: string;
  let id: string;

  const send = async (method: 'GET' | 'POST', path: string, authorization: string, payload?: object) => {
    const { statusCode, body } = await lab.app.inject({
      method,
      url: `/api/v1/${path}`,
      headers: { authorization },
      payload,
    });
    return { status: statusCode, body: JSON.parse(body) as Record<string, unknown> };
  };
  const verify = (who: string, how: unknown = HOW) => send('POST', `users/${id}/identity-verification`, who, { how });
  const choose = async (login: string, current: string) => {
    const changed = await send('POST', 'users/me/password', basic(login, current), { current, new: SECRET });
    expect(changed.status).toBe(200);
    return basic(login, SECRET);
  };

  beforeEach(async () => {
    lab = await IdentityLab.start();
    admin = await choose(
      'admin',
      (await lab.commands.execute(new BootstrapAdministrator(lab.system())))!.oneTimePassword,
    );
    const { body } = await send('POST', 'users', admin, { login: 'ada', roles: ['admin'], reason: 'a test' });
    id = body['user_id'] as string;
    ada = await choose('ada', body['one_time_password'] as string);
  });
  afterEach(() => lab.stop());

  it('sees itself and sets its password, and is told why it may do nothing else, which is recorded', async () => {
    expect(await send('GET', 'users/me', ada)).toMatchObject({ status: 200, body: { login: 'ada', roles: [] } });
    const denied = await send('GET', 'users', ada);
    expect(denied).toMatchObject({ status: 403, body: { code: 'account-pending' } });
    expect((await lab.events('AccessDenied')).map(({ data }) => data['code'])).toEqual(['account-pending']);
    expect(await send('POST', 'tokens', ada, { label: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'account-pending' },
    });
    await lab.catchUp();
    const { body } = await send('GET', 'users', admin);
    expect(body['users']).toMatchObject([
      { login: 'admin', status: 'active' },
      { login: 'ada', status: 'pending' },
    ]);
  });

  it('is activated by another person’s record, sealed, and listed with it', async () => {
    expect((await verify(ada)).status).toBe(403);
    expect(await verify(admin)).toMatchObject({ status: 200, body: { user_id: id, identity_verified: true } });
    expect((await send('GET', 'users', ada)).status).toBe(200);
    expect(JSON.stringify(await lab.events())).not.toContain('passport');
    await lab.catchUp();
    const { body } = await send('GET', 'users', admin);
    const [first, second] = body['users'] as [Record<string, { by: string }>, object];
    expect(first['identity_verified']?.by).toBe('system');
    expect(second).toMatchObject({
      status: 'active',
      identity_verified: { how: HOW, at: '2026-01-05T09:00:00.000000Z' },
    });
    const { body: rights } = await send('GET', `users/${id}/rights`, admin);
    expect((rights['history'] as { change: string }[]).map(({ change }) => change)).toEqual([
      'UserCreated',
      'IdentityVerified',
    ]);
  });

  it('is not activated by its own person, who is denied for the record', async () => {
    await verify(admin);
    expect(await verify(ada)).toMatchObject({ status: 403, body: { code: 'own-identity' } });
    expect((await lab.events('AccessDenied')).at(-1)).toMatchObject({
      data: { code: 'own-identity', resource: { id } },
    });
  });

  it('is not activated by a record that says nothing', async () => {
    for (const how of ['', ' ', 'two\nlines', 'x'.repeat(501), undefined, 7])
      expect([how, (await verify(admin, how ?? null)).status]).toEqual([how, 400]);
    expect(await lab.events('IdentityVerified')).toHaveLength(1);
  });

  it('is not a service account: that stands for nobody', async () => {
    const service = { login: 'ci', kind: 'service', roles: ['analyst'], identity_verified: HOW };
    expect(await send('POST', 'users', admin, service)).toMatchObject({
      status: 400,
      body: { code: 'service-account', field: 'identity_verified' },
    });
  });
});
