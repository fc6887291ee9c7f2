import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Micros, UserId } from '../../core/index.js';
import { Public, Requires } from '../../http/index.js';
import { LedgerUnavailable } from '../../ledger/index.js';
import {
  ChangePassword,
  ChangeRoles,
  CreateUser,
  DisableUser,
  IssueToken,
  ResetPassword,
  RevokeToken,
  UnlockSignIn,
} from '../index.js';
import { CredentialStore } from '../credentials/credential-store.js';
import { Passwords } from '../credentials/passwords.js';
import { basic, bearer, execution, fakeRequest, FakeRequest, handlerOf } from '../testing/fake-request.js';
import { IdentityLab } from '../testing/identity-lab.js';
import { WithOneTimePassword } from './one-time-password.js';

class Routes {
  @Public()
  open() {}
  @Requires('run:read')
  read() {}
  @Requires('run:write')
  write() {}
  @Requires('model:promote')
  promote() {}
  @Requires('self:write')
  self() {}
  @Requires('self:write')
  @WithOneTimePassword()
  changePassword() {}
  undeclared() {}
}
type RouteName = keyof Routes;

const PASSWORD = 'a long enough password';
const HOUR = 3_600_000_000;
const MINUTE = 60_000_000;

describe('the access guard', () => {
  let lab: IdentityLab;
  beforeEach(async () => {
    lab = await IdentityLab.start();
  });
  afterEach(() => lab.stop());

  const call = async (route: RouteName, request: FakeRequest = {}) => {
    const fake = fakeRequest(request);
    const passed = await lab.guard.canActivate(execution(handlerOf(Routes, route), fake));
    return { passed, custody: fake.custody };
  };
  const refusal = (route: RouteName, request: FakeRequest = {}) =>
    call(route, request).then(
      () => undefined,
      (error: unknown) => error,
    );
  const issue = async (userId: UserId, expiresAt?: Micros) => {
    const { secret, tokenId } = await lab.commands.execute(
      new IssueToken(lab.as(userId), { label: 'laptop', expiresAt }),
    );
    return { secret, tokenId };
  };

  describe('lets in', () => {
    it('anybody to a public route, without a trace', async () => {
      expect(await call('open')).toEqual({ passed: true, custody: undefined });
      expect(await lab.events()).toEqual([]);
    });

    it('a person by login and password, however the login is spelt', async () => {
      const id = await lab.person('ada', PASSWORD, 'analyst');
      for (const login of ['ada', 'ADA', 'ａｄａ']) {
        const { custody } = await call('write', { authorization: basic(login, PASSWORD) });
        expect(custody?.actor).toEqual({ id, kind: 'person', roles: ['analyst'], via: 'password' });
      }
    });

    it('by token: as Bearer, and as a Basic password beside any name', async () => {
      const id = await lab.person('ada', PASSWORD, 'analyst');
      const { secret } = await issue(id);
      for (const authorization of [bearer(secret), basic('ada', secret), basic('', secret), basic('mlflow', secret)]) {
        const { custody } = await call('write', { authorization });
        expect(custody?.actor).toEqual({ id, kind: 'person', roles: ['analyst'], via: 'token' });
      }
    });

    it('a service account by the token that an administrator issued', async () => {
      const admin = await lab.person('root', PASSWORD, 'admin');
      const { userId } = await lab.commands.execute(
        new CreateUser(lab.as(admin, ['admin']), { login: 'ci', kind: 'service', roles: ['analyst'] }),
      );
      const { secret } = await lab.commands.execute(new IssueToken(lab.as(admin, ['admin']), { label: 'ci', userId }));
      const { custody } = await call('write', { authorization: bearer(secret) });
      expect(custody?.actor).toMatchObject({ id: userId, kind: 'service', via: 'token' });
    });

    it('with all that a command needs to know', async () => {
      const id = await lab.person('ada', PASSWORD, 'analyst');
      const headers = { 'x-custody-reason': 'retrain for CA-17', 'x-correlation-id': 'batch:2026-01.5' };
      const { custody } = await call('write', {
        authorization: basic('ada', PASSWORD),
        headers,
        remoteAddress: '192.0.2.7',
      });
      expect(custody).toMatchObject({
        reason: 'retrain for CA-17',
        correlationId: 'batch:2026-01.5',
        now: lab.clock.now(),
      });
      expect(custody?.origin.requestId).toBe('req-1');
      expect(custody?.origin.client?.subject).toBe(id);
      const client = JSON.parse(lab.keystore.unseal(custody!.origin.client!)!) as unknown;
      expect(client).toEqual({ ip: '192.0.2.7', userAgent: 'lab-client/1.0' });
    });

    it('checks a password once for many requests', async () => {
      await lab.person('ada', PASSWORD, 'analyst');
      const passwords = lab.app.get(Passwords);
      const matches = passwords.matches.bind(passwords);
      let checks = 0;
      passwords.matches = (...given) => {
        checks++;
        return matches(...given);
      };
      const request = { authorization: basic('ada', PASSWORD) };
      await Promise.all(Array.from({ length: 20 }, () => call('write', request)));
      await call('write', request);
      expect(checks).toBe(1);
      await refusal('write', { authorization: basic('ada', 'not her password') });
      await refusal('write', { authorization: basic('ada', 'not her password') });
      expect(checks).toBe(3);
    });

    it('falls back to the request’s own id for an unfit correlation id', async () => {
      await lab.person('ada', PASSWORD, 'analyst');
      const headers = { 'x-correlation-id': 'a b\u0000' };
      const { custody } = await call('write', { authorization: basic('ada', PASSWORD), headers });
      expect(custody?.correlationId).toBe('req-1');
    });

    it('records the sign-in once an hour for each password and token', async () => {
      const id = await lab.person('ada', PASSWORD, 'analyst');
      const { secret, tokenId } = await issue(id);
      const both = () =>
        Promise.all(
          [basic('ada', PASSWORD), bearer(secret), basic('ada', PASSWORD), bearer(secret)].map((authorization) =>
            call('read', { authorization }),
          ),
        );
      await both();
      await both();
      const recorded = async () => (await lab.events('SignedIn')).map(({ data }) => data);
      const expected = [
        { userId: id, via: 'password' },
        { userId: id, via: 'token', tokenId },
      ];
      expect(await recorded()).toHaveLength(2);
      expect(await recorded()).toEqual(expect.arrayContaining(expected));
      lab.clock.advance(HOUR);
      await both();
      expect(await recorded()).toHaveLength(4);
    });
  });

  describe('does not let in', () => {
    it('a request without credentials, and records it first', async () => {
      expect(await refusal('read', { url: '/api/v1/runs/:id', method: 'GET' })).toMatchObject({
        kind: 'unauthenticated',
        code: 'credentials-required',
      });
      const [event, ...more] = await lab.events();
      expect(more).toEqual([]);
      expect(event).toMatchObject({
        type: 'SignInFailed',
        stream: 'access-2026-01-05',
        actor: { id: 'anonymous', via: 'none', verified: false, roles: [] },
        data: { method: 'none', why: 'no-credentials', httpMethod: 'GET', route: '/api/v1/runs/:id' },
      });
      expect(event?.origin.client?.subject).toBe('access-2026-01-05');
    });

    it('a locked account by its right password, until the lock is over; tokens go on', async () => {
      const id = await lab.person('ada', PASSWORD, 'analyst');
      const { secret } = await issue(id);
      const right = { authorization: basic('ada', PASSWORD) };
      await call('read', right);
      for (let n = 0; n < 5; n++) await refusal('read', { authorization: basic('ada', `wrong ${n}`) });
      expect((await lab.events('SignInLocked')).map(({ data }) => data)).toEqual([
        { userId: id, failures: 5, until: lab.clock.now() + MINUTE, level: 1 },
      ]);
      expect(await refusal('read', right)).toMatchObject({ kind: 'unauthenticated', code: 'invalid-credentials' });
      expect((await lab.events('SignInFailed')).at(-1)?.data).toMatchObject({ why: 'locked', userId: id });
      expect((await call('read', { authorization: bearer(secret) })).passed).toBe(true);
      lab.clock.advance(MINUTE);
      expect((await call('read', right)).passed).toBe(true);
    });

    it('a guesser who waits: the second lock lasts longer', async () => {
      await lab.person('ada', PASSWORD, 'analyst');
      for (const level of [1, 2, 3]) {
        for (let n = 0; n < 5; n++) await refusal('read', { authorization: basic('ada', `wrong ${level} ${n}`) });
        const { until } = (await lab.events('SignInLocked')).at(-1)!.data as { until: number };
        expect(until - lab.clock.now()).toBe(MINUTE * 2 ** (level - 1));
        lab.clock.advance(MINUTE * 2 ** (level - 1));
      }
    });

    it('an account that an administrator unlocks waits no longer', async () => {
      const id = await lab.person('ada', PASSWORD, 'analyst');
      for (let n = 0; n < 5; n++) await refusal('read', { authorization: basic('ada', `wrong ${n}`) });
      await lab.commands.execute(new UnlockSignIn(lab.system(), { userId: id }));
      expect((await call('read', { authorization: basic('ada', PASSWORD) })).passed).toBe(true);
    });

    it('a right password in between starts the counting anew', async () => {
      await lab.person('ada', PASSWORD, 'analyst');
      for (let round = 0; round < 3; round++) {
        for (let n = 0; n < 4; n++) await refusal('read', { authorization: basic('ada', `wrong ${round} ${n}`) });
        await call('read', { authorization: basic('ada', PASSWORD), headers: {} });
        await call('read', { authorization: basic(round % 2 ? 'ADA' : 'Ada', PASSWORD) });
      }
      expect(await lab.events('SignInLocked')).toEqual([]);
    });

    it('a login that nobody has, and answers and records as many tries for it as for one that exists', async () => {
      await lab.person('ada', PASSWORD, 'analyst');
      const before = (await lab.events()).length;
      const tried = async (login: string) => {
        const answers = [];
        for (let n = 0; n < 6; n++) answers.push(await refusal('read', { authorization: basic(login, `wrong ${n}`) }));
        return answers.map((error) => ({ ...(error as object), message: (error as Error).message }));
      };
      const unknown = await tried('nobody-here');
      const afterUnknown = (await lab.events()).length;
      expect(await tried('ada')).toEqual(unknown);
      expect((await lab.events()).length - afterUnknown).toBe(afterUnknown - before);
      expect(await lab.events('UnknownLoginProbed')).toMatchObject([{ data: { failures: 5 } }]);
    });

    it('a person with one of their last passwords again, and keeps no more verifiers than that needs', async () => {
      await lab.stop();
      lab = await IdentityLab.start({ passwordPolicy: { remembered: 3, maxAgeDays: 0 } });
      const id = await lab.person('ada', `${PASSWORD} 0`, 'analyst');
      const change = (from: number, to: number) =>
        lab.commands.execute(
          new ChangePassword(lab.as(id), { current: `${PASSWORD} ${from}`, next: `${PASSWORD} ${to}` }),
        );
      await change(0, 1);
      await change(1, 2);
      await expect(change(2, 0)).rejects.toMatchObject({ code: 'password-used-before', field: 'new' });
      await expect(change(2, 1)).rejects.toMatchObject({ code: 'password-used-before' });
      await change(2, 3);
      await change(3, 0);
      expect(lab.app.get(CredentialStore).passwordsOf(id)).toHaveLength(3);
    });

    it('a password that has become too old, except to set another', async () => {
      await lab.stop();
      lab = await IdentityLab.start({ passwordPolicy: { remembered: 5, maxAgeDays: 90 } });
      const id = await lab.person('ada', PASSWORD, 'analyst');
      const { secret } = await issue(id);
      const right = { authorization: basic('ada', PASSWORD) };
      lab.clock.advance(90 * 24 * HOUR - 1);
      expect((await call('read', right)).passed).toBe(true);
      lab.clock.advance(1);
      expect(await refusal('read', right)).toMatchObject({ kind: 'denied', code: 'password-change-required' });
      expect((await call('read', { authorization: bearer(secret) })).passed).toBe(true);
      expect((await call('changePassword', right)).passed).toBe(true);
      await lab.commands.execute(new ChangePassword(lab.as(id), { current: PASSWORD, next: `${PASSWORD} 2` }));
      expect((await call('read', { authorization: basic('ada', `${PASSWORD} 2`) })).passed).toBe(true);
    });

    it('tells an unknown login, a wrong password and a dead token apart in the trail only', async () => {
      const id = await lab.person('ada', PASSWORD, 'analyst');
      const { secret, tokenId } = await issue(id);
      await lab.commands.execute(new RevokeToken(lab.as(id), { tokenId }));
      const answers = [
        await refusal('read', { authorization: basic('ada', 'not her password') }),
        await refusal('read', { authorization: basic('nobody-here', PASSWORD) }),
        await refusal('read', { authorization: basic('ada', '') }),
        await refusal('read', { authorization: bearer(secret) }),
        await refusal('read', { authorization: 'Bearer nonsense' }),
      ];
      expect(
        new Set(answers.map((error) => JSON.stringify({ ...(error as object), message: (error as Error).message })))
          .size,
      ).toBe(1);
      expect(answers[0]).toMatchObject({ kind: 'unauthenticated', code: 'invalid-credentials' });
      const trail = await lab.events('SignInFailed');
      expect(trail.map(({ data }) => [data['why'], data['userId']])).toEqual([
        ['wrong-password', id],
        ['unknown-login', undefined],
        ['wrong-password', id],
        ['unknown-token', undefined],
        ['malformed', undefined],
      ]);
      const claimed = trail[1]!.actor.claimedName!;
      expect(claimed.subject).toBe('access-2026-01-05');
      expect(lab.keystore.unseal(claimed)).toBe('nobody-here');
    });

    it('a disabled account, at once, whatever it signs in with', async () => {
      const id = await lab.person('ada', PASSWORD, 'analyst');
      const { secret } = await issue(id);
      const ways = [basic('ada', PASSWORD), bearer(secret)];
      for (const authorization of ways) expect(await call('read', { authorization })).toMatchObject({ passed: true });
      await lab.commands.execute(new DisableUser(lab.system(), { userId: id }));
      for (const authorization of ways) {
        expect(await refusal('read', { authorization })).toMatchObject({ code: 'invalid-credentials' });
      }
      expect((await lab.events('SignInFailed')).map(({ data }) => data['why'])).toEqual(['disabled', 'disabled']);
    });

    it('a revoked token, at once, also when another process revoked it', async () => {
      const id = await lab.person('ada', PASSWORD, 'analyst');
      const { secret, tokenId } = await issue(id);
      expect(await call('read', { authorization: bearer(secret) })).toMatchObject({ passed: true });
      // What another process does reaches this one through the log alone.
      const { actor, origin, correlationId } = lab.as(id);
      const event = {
        id: 'e-1' as never,
        type: 'TokenRevoked',
        schema: 1,
        data: { userId: id, tokenId },
        actor,
        origin,
        correlationId,
      };
      await lab.ledger.append(`user-${id}`, [event], 'exists');
      expect(await refusal('read', { authorization: bearer(secret) })).toMatchObject({ code: 'invalid-credentials' });
      expect((await lab.events('SignInFailed')).map(({ data }) => data['why'])).toEqual(['revoked-token']);
    });

    it('a token whose time is over', async () => {
      const id = await lab.person('ada', PASSWORD, 'analyst');
      const { secret } = await issue(id, (lab.clock.now() + HOUR) as Micros);
      lab.clock.advance(HOUR - 1);
      expect(await call('read', { authorization: bearer(secret) })).toMatchObject({ passed: true });
      lab.clock.advance(1);
      expect(await refusal('read', { authorization: bearer(secret) })).toMatchObject({ code: 'invalid-credentials' });
      expect((await lab.events('SignInFailed')).map(({ data }) => data['why'])).toEqual(['expired-token']);
    });

    it('the old password after a change', async () => {
      const id = await lab.person('ada', PASSWORD, 'analyst');
      expect(await call('read', { authorization: basic('ada', PASSWORD) })).toMatchObject({ passed: true });
      const change = { current: PASSWORD, next: 'another long password' };
      await lab.commands.execute(new ChangePassword(lab.as(id), change));
      expect(await refusal('read', { authorization: basic('ada', PASSWORD) })).toMatchObject({
        code: 'invalid-credentials',
      });
      expect(await call('read', { authorization: basic('ada', change.next) })).toMatchObject({ passed: true });
    });
  });

  describe('denies', () => {
    it('what the roles do not allow, and records it first', async () => {
      const id = await lab.person('ada', PASSWORD, 'analyst');
      const request = { authorization: basic('ada', PASSWORD), url: '/api/2.0/mlflow/model-versions/transition-stage' };
      expect(await refusal('promote', request)).toMatchObject({
        kind: 'denied',
        code: 'not-permitted',
        message:
          'you have the role analyst, which may not move versions into and out of Production (model:promote); that takes the role reviewer: ask somebody who has it, or an administrator to give it to you',
      });
      expect((await lab.events('AccessDenied'))[0]).toMatchObject({
        stream: 'access-2026-01-05',
        actor: { id, roles: ['analyst'], via: 'password' },
        data: { action: 'model:promote', code: 'not-permitted', httpMethod: 'POST', route: request.url },
      });
    });

    it('each try of its own', async () => {
      await lab.person('ada', PASSWORD);
      for (let tries = 0; tries < 3; tries++) await refusal('write', { authorization: basic('ada', PASSWORD) });
      expect(await lab.events('AccessDenied')).toHaveLength(3);
    });

    it('a route that declares no permission, to everybody', async () => {
      await lab.person('ada', PASSWORD, 'admin', 'analyst', 'reviewer', 'auditor');
      expect(await refusal('undeclared', { authorization: basic('ada', PASSWORD) })).toMatchObject({
        kind: 'denied',
        code: 'no-permission-declared',
      });
      expect((await lab.events('AccessDenied'))[0]).toMatchObject({ data: { action: 'undeclared' } });
      expect(await refusal('undeclared')).toMatchObject({ kind: 'unauthenticated' });
    });

    it('everything but changing it to a one-time password, and says how', async () => {
      const input = {
        login: 'ada',
        kind: 'person' as const,
        roles: ['analyst' as const],
        identityVerified: 'known to the test',
      };
      const { oneTimePassword, userId } = await lab.commands.execute(new CreateUser(lab.system(), input));
      const authorization = basic('ada', oneTimePassword!);
      for (const route of ['read', 'write', 'self'] as const) {
        const error = await refusal(route, { authorization });
        expect(error).toMatchObject({ kind: 'denied', code: 'password-change-required' });
        expect((error as Error).message).toContain('POST /api/v1/users/me/password');
      }
      const { custody } = await call('changePassword', { authorization });
      await lab.commands.execute(new ChangePassword(custody!, { current: oneTimePassword!, next: PASSWORD }));
      expect(await call('write', { authorization: basic('ada', PASSWORD) })).toMatchObject({ passed: true });
      expect(await refusal('write', { authorization })).toMatchObject({ code: 'invalid-credentials' });
      expect(userId).toMatch(/^u-[0-9a-f-]{36}$/);
    });

    it('the same after an administrator’s reset, while tokens go on working', async () => {
      const id = await lab.person('ada', PASSWORD, 'analyst');
      const { secret } = await issue(id);
      const { oneTimePassword } = await lab.commands.execute(new ResetPassword(lab.system(), { userId: id }));
      expect(await refusal('read', { authorization: basic('ada', PASSWORD) })).toMatchObject({
        code: 'invalid-credentials',
      });
      expect(await refusal('read', { authorization: basic('ada', oneTimePassword) })).toMatchObject({
        code: 'password-change-required',
      });
      expect(await call('read', { authorization: bearer(secret) })).toMatchObject({ passed: true });
    });

    it('roles that were taken away, at once', async () => {
      const id = await lab.person('ada', PASSWORD, 'analyst');
      const authorization = basic('ada', PASSWORD);
      expect(await call('write', { authorization })).toMatchObject({ passed: true });
      await lab.commands.execute(new ChangeRoles(lab.system(), { userId: id, roles: ['viewer'] }));
      expect(await refusal('write', { authorization })).toMatchObject({ code: 'not-permitted' });
      expect(await call('read', { authorization })).toMatchObject({ passed: true });
    });
  });

  it('refuses a reason that is not fit to be recorded, naming the header', async () => {
    await lab.person('ada', PASSWORD, 'analyst');
    const headers = { 'x-custody-reason': 'x'.repeat(1001) };
    expect(await refusal('write', { authorization: basic('ada', PASSWORD), headers })).toMatchObject({
      kind: 'invalid',
      field: 'x-custody-reason',
    });
  });

  it('answers nothing but “unavailable” when the trail can’t be written', async () => {
    await lab.person('ada', PASSWORD, 'viewer');
    lab.ledger.append = () => Promise.reject(new LedgerUnavailable('disk full', 'disk-full'));
    const unavailable = { kind: 'unavailable', code: 'trail-unavailable' };
    expect(await refusal('read')).toMatchObject(unavailable);
    expect(await refusal('read', { authorization: basic('ada', 'not her password') })).toMatchObject(unavailable);
    expect(await refusal('read', { authorization: basic('ada', PASSWORD) })).toMatchObject(unavailable);
    expect(await refusal('write', { authorization: basic('ada', PASSWORD) })).toMatchObject(unavailable);
  });
});
