import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnsecuredJWT } from 'jose';
import { namePattern, RecordedEvent, UserId } from '../../core/index.js';
import { DisableUser } from '../index.js';
import { basic } from '../testing/fake-request.js';
import { IdentityLab } from '../testing/identity-lab.js';
import { OidcOptions } from './options.js';
import { OidcProvider } from './provider.js';
import { AUDIENCE, LabProvider, PIPELINE, signingKey } from './testing/lab-provider.js';

/*
 * Access tokens of a real provider. The clock of the lab is set to the provider's, which is this machine's.
 */

interface Me {
  readonly user_id: UserId;
  readonly login: string;
  readonly kind: string;
  readonly roles: readonly string[];
  readonly code?: string;
}

let provider: LabProvider;
let lab: IdentityLab;

const options = (more: Partial<OidcOptions> = {}): OidcOptions => ({
  issuer: provider.issuer,
  audience: AUDIENCE,
  roleClaim: 'groups',
  roleMap: new Map([
    ['lab-analysts', ['analyst']],
    ['lab-qa', ['reviewer', 'auditor']],
    ['lab-water', ['viewer', { role: 'analyst', scope: { kind: 'experiments', pattern: namePattern('LIMS*') } }]],
  ]),
  loginClaim: 'preferred_username',
  createAccounts: true,
  identityVerified: 'HR saw a passport, SOP-12',
  ...more,
});

async function labWith(more: Partial<OidcOptions> = {}, times = {}): Promise<IdentityLab> {
  const oidc = options(more);
  const started = await IdentityLab.start({ oidc, provider: new OidcProvider(oidc, times) });
  started.clock.advance(Date.now() * 1000 - started.clock.now());
  return started;
}

async function me(token: string, at = lab): Promise<{ status: number; body: Me }> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await at.app.inject({ method: 'GET', url: '/api/v1/users/me', headers });
  if (answer.statusCode === 200) await at.catchUp();
  return { status: answer.statusCode, body: answer.json() };
}

const lastFailure = async (at = lab): Promise<RecordedEvent> => (await at.events('SignInFailed')).at(-1)!;

beforeAll(async () => {
  provider = await LabProvider.start();
  lab = await labWith();
});
afterAll(async () => {
  await lab.stop();
  await provider.stop();
});

describe('an access token of the provider', () => {
  it('lets a program in that got it by client credentials, under an account of its own', async () => {
    provider.directory.set(PIPELINE.id, { groups: ['lab-analysts', 'others'] });
    const token = await provider.clientCredentials();

    const { status, body } = await me(token);
    expect(status).toBe(200);
    expect(body).toMatchObject({ login: PIPELINE.id, kind: 'service', roles: ['analyst'] });

    const [linked] = await lab.events('IdentityLinked');
    expect(linked).toMatchObject({ actor: { kind: 'system' }, data: { userId: body.user_id, rolesFollow: true } });
    expect(JSON.stringify(await lab.events())).not.toContain(PIPELINE.id);
    expect(lab.keystore.unseal((linked!.data as { identity: never }).identity)).toBe(
      JSON.stringify({ issuer: provider.issuer, subject: PIPELINE.id }),
    );
    expect((await lab.events('SignedIn')).at(-1)).toMatchObject({
      actor: { id: body.user_id, kind: 'service', via: 'oidc', roles: ['analyst'] },
      data: { via: 'oidc' },
    });
  });

  it('lets a person in, with name and address, without any password', async () => {
    const claims = { preferred_username: 'Ana.Lyst', name: 'Ana Lyst', email: 'ana@lab.example', groups: 'lab-qa' };
    const token = await provider.sign({ sub: 'ana', ...claims });
    const { body } = await me(token);
    expect(body).toMatchObject({ login: 'ana.lyst', kind: 'person', roles: ['reviewer', 'auditor'] });
    const made = await lab.ledger.read(`user-${body.user_id}`, {});
    expect(made.map(({ type }) => type)).toEqual(['UserCreated', 'IdentityVerified']);
    expect(made[1]).toMatchObject({ actor: { kind: 'system' }, data: { by: 'system' } });
  });

  it('lets nobody do anything whom neither the lab’s rule nor a person has identified', async () => {
    const careful = await labWith({ identityVerified: undefined });
    try {
      await careful.person('root', 'a long enough password', 'admin');
      const token = await provider.sign({ sub: 'new', preferred_username: 'new', groups: 'lab-qa' });
      const { body } = await me(token, careful);
      expect(body.roles).toEqual([]);
      const headers = { authorization: `Bearer ${token}` };
      const users = () => careful.app.inject({ method: 'GET', url: '/api/v1/users', headers });
      expect((await users()).json()).toMatchObject({ code: 'account-pending' });
      const verified = await careful.app.inject({
        method: 'POST',
        url: `/api/v1/users/${body.user_id}/identity-verification`,
        headers: { authorization: basic('root', 'a long enough password') },
        payload: { how: 'passport seen' },
      });
      expect(verified.statusCode).toBe(200);
      expect((await users()).statusCode).toBe(200);
    } finally {
      await careful.stop();
    }
  });

  it('finds the same account again, and two first requests at once make one', async () => {
    const token = (more: object) => provider.sign({ sub: 'twin', preferred_username: 'twin', ...more });
    const [a, b] = await Promise.all([me(await token({ jti: 'a' })), me(await token({ jti: 'b' }))]);
    expect([a.status, b.status]).toEqual([200, 200]);
    expect(a.body.user_id).toBe(b.body.user_id);
  });

  it('is asked of the provider no more while it is remembered', async () => {
    const token = await provider.sign({ sub: 'ana' });
    await me(token);
    const before = provider.asked.length;
    for (let i = 0; i < 20; i++) expect((await me(token)).status).toBe(200);
    expect(provider.asked.length).toBe(before);
  });
});

describe('what takes more than a token', () => {
  it.each([
    ['break-glass', { role: 'reviewer', reason: 'nobody is there', minutes: 5 }, 'break-glass-by-token'],
    ['users/me/second-factor', {}, 'second-factor-by-token'],
  ])('is refused to an access token: %s', async (path, payload, code) => {
    const headers = { authorization: `Bearer ${await provider.sign({ sub: 'ana', preferred_username: 'ana.lyst' })}` };
    const answer = await lab.app.inject({ method: 'POST', url: `/api/v1/${path}`, headers, payload });
    expect([answer.statusCode, answer.json()]).toEqual([403, expect.objectContaining({ code })]);
  });
});

describe('roles', () => {
  const token = (iat: number, groups: unknown) =>
    provider.sign({ sub: 'kim', preferred_username: 'kim', ...(groups === undefined ? {} : { groups }), iat });
  const base = Math.floor(Date.now() / 1000) - 60;

  it('follow the claims at each sign-in, as changes by the system that name the claim', async () => {
    expect((await me(await token(base, ['lab-analysts']))).body.roles).toEqual(['analyst']);
    expect((await me(await token(base + 1, ['lab-qa']))).body.roles).toEqual(['reviewer', 'auditor']);
    expect((await lab.events('RolesChanged')).at(-1)).toMatchObject({
      actor: { kind: 'system' },
      reason: 'roles follow the claim groups of the OpenID provider',
      data: { from: ['analyst'], to: ['reviewer', 'auditor'] },
    });
  });

  it('follow the claims where they hold for some names only, as grants that no group and no other claim takes', async () => {
    await lab.person('ad.water', 'the password of ad.water', 'admin');
    const headers = { authorization: basic('ad.water', 'the password of ad.water') };
    const grantsOf = async (at: number, groups: unknown) => {
      const token = await provider.sign({ sub: 'wat', preferred_username: 'wat', groups, iat: at });
      const { body } = await me(token);
      const url = `/api/v1/users/${body.user_id}/rights`;
      const rights = (await lab.app.inject({ method: 'GET', url, headers })).json<{ grants: object[] }>();
      return [body.roles, rights.grants];
    };
    const grant = { grant_id: expect.stringMatching(/^oidc-analyst-/), role: 'analyst', experiments: 'LIMS*' };
    expect(await grantsOf(base, ['lab-water'])).toEqual([['viewer'], [grant]]);
    expect(await grantsOf(base + 1, ['lab-water', 'lab-analysts'])).toEqual([['viewer', 'analyst'], [grant]]);
    expect(await grantsOf(base + 2, ['lab-analysts'])).toEqual([['analyst'], []]);
    expect(await grantsOf(base - 1, ['lab-water'])).toEqual([['analyst'], []]);
    expect(await grantsOf(base + 3, ['lab-water'])).toEqual([['viewer'], [grant]]);
    expect((await lab.events('RoleGranted')).at(-1)).toMatchObject({
      actor: { kind: 'system' },
      reason: 'roles follow the claim groups of the OpenID provider',
    });
  });

  it('don’t come back with an older token that is still good', async () => {
    expect((await me(await token(base - 1, ['lab-analysts']))).body.roles).toEqual(['reviewer', 'auditor']);
  });

  it.each([
    ['missing', undefined],
    ['null', null],
    ['a number', 7],
    ['an object', { 'lab-qa': true }],
    ['a list with something else in it', ['lab-qa', 7]],
    ['nested', [['lab-qa']]],
    ['empty', []],
    ['unknown', ['constructor', '__proto__', 'admin']],
  ])('are none where the claim is %s', async (what, groups) => {
    const { status, body } = await me(await provider.sign({ sub: `odd ${what}`, groups }));
    expect([status, body.roles]).toEqual([200, []]);
  });

  it('of an account that an administrator linked stay as they are, unless they are to follow', async () => {
    const admin = await lab.person('ad.min', 'the password of ad.min', 'admin');
    const sam = await lab.person('sam', 'a password of sam, long', 'viewer');
    const link = (more: object) =>
      lab.app.inject({
        method: 'POST',
        url: `/api/v1/users/${sam}/identities`,
        headers: {
          authorization: `Basic ${Buffer.from('ad.min:the password of ad.min').toString('base64')}`,
          'content-type': 'application/json',
        },
        payload: { subject: 'sam-at-provider', ...more },
      });
    expect((await link({})).json()).toMatchObject({ code: 'reason-required', field: 'reason' });
    expect((await link({ reason: 'is the same Sam' })).statusCode).toBe(201);
    const signedIn = await me(await provider.sign({ sub: 'sam-at-provider', groups: ['lab-qa'] }));
    expect(signedIn.body).toMatchObject({ user_id: sam, roles: ['viewer'] });
    expect((await lab.events('IdentityLinked')).at(-1)).toMatchObject({
      actor: { id: admin },
      reason: 'is the same Sam',
    });
  });
});

describe('nobody comes in', () => {
  const ana = { sub: 'ana' };
  const now = () => Math.floor(lab.clock.now() / 1e6);
  const head = async () => (await provider.sign(ana)).split('.')[0]!;
  const swapped = async () => {
    const [mine, theirs] = await Promise.all([provider.sign(ana), provider.sign({ sub: 'kim' })]);
    return [mine.split('.')[0], theirs.split('.')[1], mine.split('.')[2]].join('.');
  };
  const foreign = async () => provider.sign(ana, { key: { ...(await signingKey('first')) } });

  it.each([
    ['a token that was cut', async () => (await provider.sign(ana)).slice(0, -5), 'jwt-malformed'],
    ['a signature that was cut', async () => (await provider.sign(ana)).slice(0, -4), 'jwt-signature'],
    ['claims that are none', async () => `${await head()}.bm9uZQ.x`, 'jwt-malformed'],
    ['claims that are a list', async () => `${await head()}.W10.x`, 'jwt-malformed'],
    ['a token of two parts', async () => `${await head()}.e30`, 'malformed'],
    ['a longer token than any', () => provider.sign({ ...ana, groups: ['g'.repeat(20_000)] }), 'malformed'],
    ['claims under the signature of others', swapped, 'jwt-signature'],
    ['a signature of somebody else under our kid', foreign, 'jwt-signature'],
    ['alg none', () => new UnsecuredJWT({ ...ana, iss: provider.issuer, aud: AUDIENCE }).encode(), 'jwt-algorithm'],
    ['HS256 with the public key', () => provider.signWithPublicKey(ana), 'jwt-algorithm'],
    ['a key that nobody knows', async () => provider.sign(ana, { key: await signingKey('new') }), 'jwt-unknown-key'],
    ['another issuer', () => provider.sign({ ...ana, iss: 'https://id.evil.example' }), 'jwt-issuer'],
    ['an issuer with a slash more', () => provider.sign({ ...ana, iss: `${provider.issuer}/` }), 'jwt-issuer'],
    ['another audience', () => provider.sign({ ...ana, aud: 'urn:lab:lims' }), 'jwt-audience'],
    ['no audience', () => provider.sign({ ...ana, aud: undefined }), 'jwt-audience'],
    ['an expired token', () => provider.sign({ ...ana, exp: now() - 61 }), 'jwt-expired'],
    ['a token without end', () => provider.sign({ ...ana, exp: undefined }), 'jwt-claims'],
    ['a token for later', () => provider.sign({ ...ana, nbf: now() + 120 }), 'jwt-not-yet-valid'],
    ['a token from the future', () => provider.sign({ ...ana, iat: now() + 120 }), 'jwt-not-yet-valid'],
    ['a token without subject', () => provider.sign({ sub: undefined }), 'jwt-claims'],
    ['an empty subject', () => provider.sign({ sub: '' }), 'jwt-claims'],
    ['a subject that is no text', () => provider.sign({ sub: 7 as never }), 'jwt-claims'],
    ['an ID token', () => provider.sign({ ...ana, nonce: 'n' }, { typ: 'JWT' }), 'jwt-type'],
    ['an ID token of Keycloak', () => provider.sign({ ...ana, typ: 'ID' }, { typ: 'JWT' }), 'jwt-type'],
    ['a logout token', () => provider.sign(ana, { typ: 'logout+jwt' }), 'jwt-type'],
  ])('with %s, and the trail says why', async (_, make, why) => {
    const before = (await lab.events('SignInFailed')).length;
    const { status, body } = await me(await make());
    expect([status, body.code]).toEqual([401, 'invalid-credentials']);
    expect((await lab.events('SignInFailed')).length).toBe(before + 1);
    expect((await lastFailure()).data).toMatchObject({ method: 'bearer', why, route: '/api/v1/users/me' });
  });

  it('with a token that ends while it is remembered', async () => {
    const token = await provider.sign({ ...ana, exp: now() + 5 });
    expect((await me(token)).status).toBe(200);
    lab.clock.advance(70_000_000);
    expect((await me(token)).status).toBe(401);
    expect((await lastFailure()).data).toMatchObject({ why: 'jwt-expired' });
    lab.clock.advance(-70_000_000);
  });

  it('whose clock is more than a minute away; less is forgiven', async () => {
    expect((await me(await provider.sign({ ...ana, exp: now() - 50 }))).status).toBe(200);
    expect((await me(await provider.sign({ ...ana, nbf: now() + 50, iat: now() + 50 }))).status).toBe(200);
  });

  it('whose login is somebody else’s here', async () => {
    await lab.person('chief', 'the password of chief', 'reviewer');
    const { status } = await me(await provider.sign({ sub: 'climber', preferred_username: 'Chief' }));
    expect(status).toBe(401);
    const { data, actor } = await lastFailure();
    expect(data).toMatchObject({ why: 'login-taken' });
    expect(lab.keystore.unseal(actor.claimedName!)).toBe('Chief');
  });

  it('whose account was disabled, at once', async () => {
    const token = await provider.sign({ sub: 'leaver', preferred_username: 'leaver' });
    const { body } = await me(token);
    await lab.commands.execute(new DisableUser(lab.as('u-1' as UserId), { userId: body.user_id }));
    for (const each of [token, await provider.sign({ sub: 'leaver', preferred_username: 'leaver', jti: '2' })]) {
      expect((await me(each)).status).toBe(401);
      expect((await lastFailure()).data).toMatchObject({ why: 'disabled', userId: body.user_id });
    }
  });

  it('who was unlinked, at once and for good', async () => {
    const token = await provider.sign({ sub: 'mover', preferred_username: 'mover' });
    const { body } = await me(token);
    const headers = {
      authorization: `Basic ${Buffer.from('ad.min:the password of ad.min').toString('base64')}`,
      'x-custody-reason': 'was linked by mistake',
    };
    const url = `/api/v1/users/${body.user_id}/identities`;
    const listed = await lab.app.inject({ method: 'GET', url, headers });
    const [identity] = listed.json<{ identities: { identity_id: string; subject: string }[] }>().identities;
    expect(identity).toMatchObject({ subject: 'mover', issuer: provider.issuer, roles_follow: true });
    const gone = await lab.app.inject({ method: 'DELETE', url: `${url}/${identity!.identity_id}`, headers });
    expect(gone.statusCode).toBe(200);
    for (const each of [token, await provider.sign({ sub: 'mover', preferred_username: 'mover', jti: '2' })]) {
      expect((await me(each)).status).toBe(401);
      expect((await lastFailure()).data).toMatchObject({ why: 'identity-unlinked' });
    }
  });

  it('without a link, where accounts are not made at sign-in', async () => {
    const strict = await labWith({ createAccounts: false });
    expect((await me(await provider.sign(ana), strict)).status).toBe(401);
    expect((await lastFailure(strict)).data).toMatchObject({ why: 'identity-unknown' });
    await strict.stop();
  });

  it('where no provider is trusted', async () => {
    const plain = await IdentityLab.start();
    expect((await me(await provider.sign(ana), plain)).status).toBe(401);
    expect((await lastFailure(plain)).data).toMatchObject({ why: 'malformed' });
    await plain.stop();
  });
});

describe('the keys of the provider', () => {
  it('are looked for again when a new one signs, and an old one stops to count', async () => {
    const eager = await labWith({}, { newKeyMs: 0, keysMs: 0 });
    const [old] = provider.keys;
    const before = await provider.sign({ sub: 'ana', jti: 'old' });
    expect((await me(before, eager)).status).toBe(200);
    provider.rotate([await signingKey('second', 'RS256'), old!]);
    expect((await me(await provider.sign({ sub: 'ana' }), eager)).status).toBe(200);
    provider.rotate([provider.keys[0]!]);
    expect((await me(await provider.sign({ sub: 'ana', jti: 'x' }, { key: old }), eager)).status).toBe(401);
    provider.rotate([old!]);
    await eager.stop();
  });

  it('are asked for once, however many unknown ones are named', async () => {
    const fresh = await labWith();
    await me(await provider.sign({ sub: 'ana' }), fresh);
    const asked = () => provider.asked.filter((path) => path === '/jwks').length;
    const before = asked();
    const stranger = await signingKey('stranger');
    for (let i = 0; i < 30; i++) {
      const key = { ...stranger, kid: `stranger-${i}` };
      expect((await me(await provider.sign({ sub: 'ana' }, { key }), fresh)).status).toBe(401);
    }
    expect(asked()).toBe(before);
    await fresh.stop();
  });

  it('are not there while the provider is away: that is said, and the provider is not asked by everybody', async () => {
    provider.away();
    const early = await labWith();
    const before = provider.asked.length;
    for (let i = 0; i < 10; i++) {
      const { status, body } = await me(await provider.sign({ sub: 'ana', jti: String(i) }), early);
      expect([status, body.code]).toEqual([503, 'provider-unavailable']);
    }
    expect(provider.asked.length).toBe(before + 1);
    expect((await lastFailure(early)).data).toMatchObject({ why: 'provider-away' });
    provider.serve();
    await early.stop();
  });

  it('are had as soon as the provider is back', async () => {
    provider.away();
    const patient = await labWith({}, { pauseMs: 0 });
    const token = await provider.sign({ sub: 'ana' });
    expect((await me(token, patient)).status).toBe(503);
    provider.serve();
    expect((await me(token, patient)).status).toBe(200);
    await patient.stop();
  });
});
