import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { Role, UserId } from '../../core/index.js';
import { IssueToken, ResetPassword } from '../index.js';
import { NamedRoleChange } from '../named-roles/decide.js';
import { ChangeNamedRoles } from '../named-roles/named-roles.js';
import { openBrowser } from '../testing/browser.js';
import { basic, bearer } from '../testing/fake-request.js';
import { IdentityLab } from '../testing/identity-lab.js';
import { FactorStore } from './factor-store.js';

const PASSWORD = 'a long enough password';
const SECOND = 1_000_000;
const STEP = 30 * SECOND;
const MINUTE = 60 * SECOND;

describe('a second factor', () => {
  let lab: IdentityLab;
  let ada: UserId;
  const start = async (secondFactorRoles: readonly Role[] = []) => {
    lab = await IdentityLab.start({ secondFactorRoles });
    ada = await lab.person('ada', PASSWORD, 'analyst');
  };
  beforeEach(() => start());
  afterEach(() => lab.stop());

  const codeAt = (secret: string, steps = 0) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: (lab.clock.now() + steps * STEP) / 1000 });
  const send = (method: 'GET' | 'POST' | 'DELETE', path: string, headers: Record<string, string>, body?: object) =>
    openBrowser(lab.app).send(method, path, body, headers);
  const byPassword = (code?: string, password = PASSWORD) =>
    send('GET', 'users/me', {
      authorization: basic('ada', password),
      ...(code === undefined ? {} : { 'x-custody-code': code }),
    });
  const signIn = (code?: string) =>
    openBrowser(lab.app).signIn({ login: 'ada', password: PASSWORD, ...(code === undefined ? {} : { code }) });
  const failures = async () => (await lab.events('SignInFailed')).map(({ data }) => data['why']);

  /** Answers the secret and the recovery codes; the next code is a new one. */
  const enrol = async () => {
    const authorization = basic('ada', PASSWORD);
    const { body: offered } = await send('POST', 'users/me/second-factor', { authorization });
    const secret = offered['secret'] as string;
    const confirmed = await send('POST', 'users/me/second-factor/confirm', { authorization }, { code: codeAt(secret) });
    expect(confirmed.status).toBe(200);
    lab.clock.advance(STEP);
    return { secret, recovery: confirmed.body['recovery_codes'] as readonly string[] };
  };

  it('is enrolled once a code proves that the secret arrived, and neither is ever in the log', async () => {
    const authorization = basic('ada', PASSWORD);
    const offered = await send('POST', 'users/me/second-factor', { authorization });
    expect(offered).toMatchObject({
      status: 201,
      body: {
        secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
        otpauth_uri: expect.stringMatching(/^otpauth:\/\/totp\//),
      },
    });
    const secret = offered.body['secret'] as string;
    expect((await byPassword()).status).toBe(200);
    const confirm = (code: unknown) => send('POST', 'users/me/second-factor/confirm', { authorization }, { code });
    for (const wrong of ['000000', codeAt(secret, 2), codeAt(secret, -2), '', 123456, null])
      expect((await confirm(wrong)).status).toBe(400);
    expect((await send('GET', 'users/me/second-factor', { authorization })).body).toMatchObject({ enrolled: false });
    const confirmed = await confirm(codeAt(secret));
    expect(confirmed.body['recovery_codes']).toHaveLength(10);
    lab.clock.advance(STEP);
    const status = await send('GET', 'users/me/second-factor', { authorization, 'x-custody-code': codeAt(secret) });
    expect(status.body).toMatchObject({ enrolled: true, required: false, recovery_codes_left: 10 });
    const log = JSON.stringify(await lab.events());
    for (const text of [secret, ...(confirmed.body['recovery_codes'] as string[])]) expect(log).not.toContain(text);
    expect((await lab.events()).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['SecondFactorOffered', 'SecondFactorEnrolled']),
    );
  });

  it('is not enrolled by token: whoever stole one could lock its owner out', async () => {
    const { secret } = await lab.commands.execute(new IssueToken(lab.as(ada), { label: 'laptop' }));
    expect(await send('POST', 'users/me/second-factor', { authorization: bearer(secret) })).toMatchObject({
      status: 403,
      body: { code: 'second-factor-by-token' },
    });
  });

  it('is asked for beside the right password only', async () => {
    const { secret } = await enrol();
    expect(await byPassword()).toMatchObject({ status: 401, body: { code: 'second-factor-required' } });
    expect(await signIn()).toMatchObject({ status: 401, body: { code: 'second-factor-required', field: 'code' } });
    expect(await byPassword(codeAt(secret), 'not her password')).toMatchObject({
      status: 401,
      body: { code: 'invalid-credentials' },
    });
    expect(await byPassword(undefined, 'not her password')).toMatchObject({ body: { code: 'invalid-credentials' } });
    expect((await byPassword(codeAt(secret))).status).toBe(200);
    expect(await failures()).toEqual(['code-missing', 'code-missing', 'wrong-password', 'wrong-password']);
  });

  it('is not asked of tokens', async () => {
    await enrol();
    const { secret } = await lab.commands.execute(new IssueToken(lab.as(ada), { label: 'laptop' }));
    expect((await send('GET', 'users/me', { authorization: bearer(secret) })).status).toBe(200);
  });

  it('takes each code once, in whatever way it comes, and none of an earlier step after it', async () => {
    const { secret } = await enrol();
    lab.clock.advance(STEP);
    const code = codeAt(secret);
    expect((await signIn(code)).status).toBe(201);
    for (const replay of [byPassword(code), signIn(code), signIn(codeAt(secret, -1))])
      expect(await replay).toMatchObject({ status: 401, body: { code: 'invalid-code' } });
    expect(await failures()).toEqual(['replayed-code', 'replayed-code', 'replayed-code']);
    expect((await byPassword(codeAt(secret, 1))).status).toBe(200);
  });

  it('lets one in of many who send one code at once', async () => {
    const { secret } = await enrol();
    await byPassword(codeAt(secret));
    lab.clock.advance(STEP);
    const code = codeAt(secret);
    const answers = await Promise.all([byPassword(code), byPassword(code), byPassword(code)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  });

  it('takes a code for used that another process took', async () => {
    const { secret } = await enrol();
    const other = FactorStore.open(lab.keystore.folder);
    const [enrolled] = await lab.events('SecondFactorEnrolled');
    const factorId = enrolled!.data['factorId'] as string;
    const step = Math.floor(lab.clock.now() / STEP);
    expect(other.takeStep(factorId, step)).toBe(true);
    other.onApplicationShutdown();
    expect(await byPassword(codeAt(secret))).toMatchObject({ status: 401 });
    expect(await failures()).toEqual(['replayed-code']);
  });

  it('takes codes that are one step off, and no more', async () => {
    const { secret } = await enrol();
    lab.clock.advance(10 * STEP);
    expect((await signIn(codeAt(secret, -2))).status).toBe(401);
    expect((await signIn(codeAt(secret, -1))).status).toBe(201);
    expect((await signIn(codeAt(secret, 2))).status).toBe(401);
    expect((await signIn(codeAt(secret, 1))).status).toBe(201);
  });

  it('takes each recovery code once, however it is typed', async () => {
    const { recovery } = await enrol();
    const [first, second] = recovery as [string, string];
    expect((await signIn(first)).status).toBe(201);
    expect((await signIn(first)).status).toBe(401);
    expect((await byPassword(second.toLowerCase().replaceAll('-', ' '))).status).toBe(200);
    expect((await byPassword(second)).status).toBe(401);
    const used = await lab.events('RecoveryCodeUsed');
    expect(used.map(({ data, actor }) => [data['left'], actor.id])).toEqual([
      [9, ada],
      [8, ada],
    ]);
    expect(used[0]?.origin.client).toBeDefined();
  });

  it('locks the account after five wrong codes, right passwords between them or not', async () => {
    const { secret } = await enrol();
    for (let n = 0; n < 5; n++) {
      expect((await (n % 2 ? signIn : byPassword)(`00000${n}`)).status).toBe(401);
      await byPassword();
    }
    expect(await lab.events('SignInLocked')).toHaveLength(1);
    expect(await byPassword(codeAt(secret))).toMatchObject({ status: 401, body: { code: 'invalid-credentials' } });
    expect(await signIn(codeAt(secret))).toMatchObject({ status: 401, body: { code: 'invalid-credentials' } });
    lab.clock.advance(MINUTE);
    expect((await signIn(codeAt(secret))).status).toBe(201);
  });

  it('does not count an old code as a guess: whoever has it, guesses nothing', async () => {
    const { secret } = await enrol();
    const code = codeAt(secret);
    expect((await byPassword(code)).status).toBe(200);
    for (let n = 0; n < 4; n++) expect((await byPassword(`00000${n}`)).status).toBe(401);
    for (let n = 0; n < 10; n++) expect((await (n % 2 ? signIn : byPassword)(code)).status).toBe(401);
    expect(await lab.events('SignInLocked')).toEqual([]);
    // Nor does it make the guesses before it forgotten.
    expect((await byPassword('000009')).status).toBe(401);
    expect(await lab.events('SignInLocked')).toHaveLength(1);
  });

  it('is asked for beside a one-time password too', async () => {
    const { secret } = await enrol();
    const { oneTimePassword } = await lab.commands.execute(new ResetPassword(lab.system(), { userId: ada }));
    const change = (headers: Record<string, string>) =>
      send(
        'POST',
        'users/me/password',
        { authorization: basic('ada', oneTimePassword), ...headers },
        { current: oneTimePassword, new: `${PASSWORD} 2` },
      );
    expect(await change({})).toMatchObject({ status: 401, body: { code: 'second-factor-required' } });
    expect((await change({ 'x-custody-code': codeAt(secret) })).status).toBe(200);
  });

  describe('is removed', () => {
    const page = async (code: string) => {
      const browser = openBrowser(lab.app);
      expect((await browser.signIn({ login: 'ada', password: PASSWORD, code })).status).toBe(201);
      return browser;
    };

    it('by its owner with password and code', async () => {
      const { secret, recovery } = await enrol();
      const browser = await page(codeAt(secret));
      const remove = (body: object) => browser.delete('users/me/second-factor', body);
      expect(await remove({ password: 'not hers', code: recovery[0] })).toMatchObject({
        status: 403,
        body: { code: 'wrong-password', field: 'password' },
      });
      expect(await remove({ password: PASSWORD, code: '000000' })).toMatchObject({
        status: 403,
        body: { code: 'wrong-code', field: 'code' },
      });
      expect((await remove({ password: PASSWORD })).status).toBe(400);
      expect((await remove({ password: PASSWORD, code: recovery[0] })).status).toBe(200);
      expect((await byPassword()).status).toBe(200);
      expect((await lab.events('SecondFactorRemoved')).map(({ data }) => data['why'])).toEqual(['removed']);
      expect(await remove({ password: PASSWORD, code: recovery[1] })).toMatchObject({ status: 409 });
    });

    it('not by somebody who guesses', async () => {
      const { secret, recovery } = await enrol();
      const browser = await page(codeAt(secret));
      for (let n = 0; n < 5; n++)
        await browser.delete('users/me/second-factor', { password: PASSWORD, code: `00000${n}` });
      expect(await browser.delete('users/me/second-factor', { password: PASSWORD, code: recovery[0] })).toMatchObject({
        status: 403,
        body: { code: 'sign-in-locked' },
      });
    });

    it('by an administrator who says why, for somebody else', async () => {
      await enrol();
      await lab.person('root', PASSWORD, 'admin');
      const authorization = basic('root', PASSWORD);
      const reset = (body: object) => send('POST', `users/${ada}/second-factor/reset`, { authorization }, body);
      expect(await reset({})).toMatchObject({ status: 400, body: { field: 'reason' } });
      expect((await reset({ reason: 'lost the phone' })).status).toBe(200);
      expect((await lab.events('SecondFactorRemoved'))[0]).toMatchObject({
        reason: 'lost the phone',
        data: { why: 'reset', userId: ada },
      });
      expect((await byPassword()).status).toBe(200);
      expect(
        await send('POST', `users/${ada}/second-factor/reset`, { authorization: basic('ada', PASSWORD) }, {}),
      ).toMatchObject({ status: 403 });
    });
  });

  describe('that a role needs', () => {
    beforeEach(async () => {
      await lab.stop();
      await start(['analyst']);
    });

    it('is all that its holder may enrol until there is one, by password and by session', async () => {
      const browser = openBrowser(lab.app);
      expect((await browser.signIn({ login: 'ada', password: PASSWORD })).body).toMatchObject({
        must_enrol_second_factor: true,
      });
      for (const answer of [
        await byPassword(),
        await browser.get('tokens'),
        await browser.post('tokens', { label: 'x' }),
      ])
        expect(answer).toMatchObject({ status: 403, body: { code: 'second-factor-required' } });
      expect((await browser.get('users/me/second-factor')).body).toMatchObject({ required: true, enrolled: false });
      const { body } = await browser.post('users/me/second-factor', {});
      const secret = body['secret'] as string;
      expect((await browser.post('users/me/second-factor/confirm', { code: codeAt(secret) })).status).toBe(200);
      expect((await browser.get('users/me')).status).toBe(200);
    });

    it('is demanded of whoever has the role through a named role, too, as long as they have it', async () => {
      const bob = await lab.person('bob', PASSWORD, 'viewer');
      const mine = () => send('GET', 'tokens', { authorization: basic('bob', PASSWORD) });
      const change = (change: NamedRoleChange) => lab.commands.execute(new ChangeNamedRoles(lab.system(), change));
      await change({ type: 'CreateRole', name: 'water' });
      await change({ type: 'AddPermission', roleId: 1, scope: { kind: 'experiment', id: '7' }, level: 'READ' });
      await change({ type: 'AssignRole', roleId: 1, userId: bob });
      expect((await mine()).status).toBe(200);
      await change({ type: 'ChangePermission', permissionId: 1, level: 'EDIT' });
      expect(await mine()).toMatchObject({ status: 403, body: { code: 'second-factor-required' } });
      const signedIn = await openBrowser(lab.app).signIn({ login: 'bob', password: PASSWORD });
      expect(signedIn.body).toMatchObject({ must_enrol_second_factor: true });
      await change({ type: 'UnassignRole', roleId: 1, userId: bob });
      expect((await mine()).status).toBe(200);
    });

    it('is not asked of others, and not of tokens', async () => {
      await lab.person('bob', PASSWORD, 'viewer');
      expect((await send('GET', 'users/me', { authorization: basic('bob', PASSWORD) })).status).toBe(200);
      const { secret } = await lab.commands.execute(new IssueToken(lab.as(ada), { label: 'laptop' }));
      expect((await send('GET', 'users/me', { authorization: bearer(secret) })).status).toBe(200);
    });
  });
});
