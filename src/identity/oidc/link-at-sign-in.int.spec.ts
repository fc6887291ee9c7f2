import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UserId } from '../../core/index.js';
import { CreateUser } from '../index.js';
import { basic } from '../testing/fake-request.js';
import { IdentityLab } from '../testing/identity-lab.js';
import { OidcOptions } from './options.js';
import { OidcProvider } from './provider.js';
import { AUDIENCE, LabProvider, PIPELINE } from './testing/lab-provider.js';

/* People whom the lab's directory makes over SCIM, and who then sign in by a real provider. */

let provider: LabProvider;
let lab: IdentityLab;
let directory: string;
const ADMIN = { authorization: basic('root', 'a long enough password') };

const options = (more: Partial<OidcOptions> = {}): OidcOptions => ({
  issuer: provider.issuer,
  audience: AUDIENCE,
  roleClaim: 'groups',
  roleMap: new Map([['lab-qa', ['reviewer']]]),
  loginClaim: 'preferred_username',
  createAccounts: true,
  linkBy: { claim: 'sub' },
  ...more,
});

async function labWith(more: Partial<OidcOptions> = {}): Promise<IdentityLab> {
  const oidc = options(more);
  const started = await IdentityLab.start({
    oidc,
    provider: new OidcProvider(oidc),
    provisioning: { identityVerified: 'HR saw a passport, SOP-12' },
  });
  started.clock.advance(Date.now() * 1000 - started.clock.now());
  await started.person('root', 'a long enough password', 'admin');
  return started;
}

async function tokenOfDirectory(at: IdentityLab): Promise<string> {
  const input = { login: 'directory', kind: 'service' as const, roles: ['provisioner'] as const };
  const { userId } = await at.commands.execute(new CreateUser(at.system(), input));
  const payload = { label: 'scim', user_id: userId };
  const made = await at.app.inject({ method: 'POST', url: '/api/v1/tokens', headers: ADMIN, payload });
  return made.json<{ token: string }>().token;
}

beforeAll(async () => {
  provider = await LabProvider.start();
  lab = await labWith();
  directory = await tokenOfDirectory(lab);
});
afterAll(async () => {
  await lab.stop();
  await provider.stop();
});

type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';
async function scim(method: Method, path: string, payload?: object, at = lab, token = directory) {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await at.app.inject({ method, url: `/scim/v2/${path}`, headers, ...(payload ? { payload } : {}) });
  expect(answer.statusCode).toBeLessThan(300);
  return answer.body === '' ? { id: '' as UserId } : answer.json<{ id: UserId }>();
}
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const person = (userName: string, externalId?: string) => ({
  schemas: [USER],
  userName,
  ...(externalId === undefined ? {} : { externalId }),
});
const set = (id: UserId, path: string, value: unknown) =>
  scim('PATCH', `Users/${id}`, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'add', path, value }],
  });

async function me(claims: Readonly<Record<string, unknown>> & { sub: string }, at = lab) {
  const headers = { authorization: `Bearer ${await provider.sign({ jti: String(Math.random()), ...claims })}` };
  const answer = await at.app.inject({ method: 'GET', url: '/api/v1/users/me', headers });
  return { status: answer.statusCode, body: answer.json<{ user_id: UserId; roles: string[] }>() };
}
const lastFailure = async (at = lab) => (await at.events('SignInFailed')).at(-1)!.data;
const links = async () => (await lab.events('IdentityLinked')).length;
const accounts = async () => (await lab.events('UserCreated')).length;

describe('whom the directory made', () => {
  it('signs in as the account whose externalId is their subject, by a link of the system that says why', async () => {
    const { id } = await scim('POST', 'Users', person('noa', 'subject-of-noa'));
    const signedIn = await me({ sub: 'subject-of-noa', preferred_username: 'quite.another', groups: ['lab-qa'] });
    expect(signedIn.status).toBe(200);
    expect((await lab.events('IdentityLinked')).at(-1)).toMatchObject({
      actor: { kind: 'system' },
      reason: expect.stringContaining('externalId'),
      data: { userId: id, rolesFollow: true },
    });
    await lab.catchUp();
    expect((await me({ sub: 'subject-of-noa' })).body.user_id).toBe(id);
    expect((await lab.events('RolesChanged')).map(({ data }) => data)).toContainEqual({
      userId: id,
      from: [],
      to: ['reviewer'],
    });
  });

  it('does so whether the read models know the account yet or not, and once for two requests at once', async () => {
    for (const [login, caughtUp] of [
      ['early', false],
      ['late', true],
    ] as const) {
      const { id } = await scim('POST', 'Users', person(login, `subject-of-${login}`));
      if (caughtUp) await lab.catchUp();
      const before = [await links(), await accounts()];
      const claims = { sub: `subject-of-${login}`, preferred_username: login };
      const both = await Promise.all([me(claims), me(claims)]);
      expect(both.map(({ status }) => status)).toEqual([200, 200]);
      expect([await links(), await accounts()]).toEqual([before[0]! + 1, before[1]]);
      expect((await lab.events('IdentityLinked')).at(-1)?.data).toMatchObject({ userId: id });
    }
  });

  it('is found by another claim of the provider where that is what the directory sends', async () => {
    const byOid = await labWith({ linkBy: { claim: 'oid' }, roleMap: new Map() });
    try {
      const token = await tokenOfDirectory(byOid);
      const { id } = await scim('POST', 'Users', person('eli', 'object-of-eli'), byOid, token);
      expect((await me({ sub: 'object-of-eli', preferred_username: 'eli' }, byOid)).status).toBe(401);
      expect(await lastFailure(byOid)).toMatchObject({ why: 'login-taken' });
      expect((await me({ sub: 'pairwise', oid: 'object-of-eli' }, byOid)).status).toBe(200);
      expect((await byOid.events('IdentityLinked')).at(-1)?.data).toMatchObject({ userId: id, rolesFollow: false });
      expect((await me({ sub: 'odd', oid: ['object-of-eli'], preferred_username: 'eli' }, byOid)).status).toBe(401);
    } finally {
      await byOid.stop();
    }
  });

  it('is not linked unless the installation says so', async () => {
    const plain = await labWith({ linkBy: undefined });
    try {
      await scim('POST', 'Users', person('ida', 'subject-of-ida'), plain, await tokenOfDirectory(plain));
      expect((await me({ sub: 'subject-of-ida', preferred_username: 'ida' }, plain)).status).toBe(401);
      expect(await lastFailure(plain)).toMatchObject({ why: 'login-taken' });
    } finally {
      await plain.stop();
    }
  });
});

describe('nobody is let in, linked or given an account', () => {
  const made = async (login: string) => (await scim('POST', 'Users', person(login, `subject-of-${login}`))).id;
  const cases: readonly (readonly [string, string, () => Promise<unknown>, string])[] = [
    [
      'as an account that people made, whatever the directory says of it',
      'handmade',
      async () => {
        const id = await lab.person('handmade', 'the password of handmade', 'admin');
        await set(id, 'externalId', 'subject-of-handmade');
      },
      'account-not-linkable',
    ],
    [
      'as an account that has a password',
      'passworded',
      async () => {
        const url = `/api/v1/users/${await made('passworded')}/password`;
        expect((await lab.app.inject({ method: 'POST', url, headers: ADMIN, payload: {} })).statusCode).toBe(200);
      },
      'account-not-linkable',
    ],
    [
      'as an account of another subject, also after that was unlinked',
      'second',
      async () => {
        const id = await made('second');
        const url = `/api/v1/users/${id}/identities`;
        const payload = { subject: 'the-first', reason: 'a test' };
        const linked = await lab.app.inject({ method: 'POST', url, headers: ADMIN, payload });
        const { identity_id } = linked.json<{ identity_id: string }>();
        const headers = { ...ADMIN, 'x-custody-reason': 'a test' };
        await lab.app.inject({ method: 'DELETE', url: `${url}/${identity_id}`, headers });
      },
      'account-not-linkable',
    ],
    [
      'whose externalId two accounts have',
      'twice',
      async () => {
        await made('twice');
        await scim('POST', 'Users', person('twice.more', 'subject-of-twice'));
      },
      'account-not-linkable',
    ],
    [
      'who is disabled',
      'off',
      async () => {
        await set(await made('off'), 'active', false);
      },
      'disabled',
    ],
    [
      'whom the directory has deleted',
      'deleted',
      async () => {
        await scim('DELETE', `Users/${await made('deleted')}`);
      },
      'disabled',
    ],
  ];

  it.each(cases)('%s', async (_, login, prepare, why) => {
    await prepare();
    for (const caughtUp of [false, true]) {
      if (caughtUp) await lab.catchUp();
      const before = [await links(), await accounts()];
      const { status } = await me({ sub: `subject-of-${login}`, preferred_username: `new.${login}` });
      expect([status, await lastFailure()]).toMatchObject([401, { why }]);
      expect([await links(), await accounts()]).toEqual(before);
    }
  });

  it('and a program is never a person of the directory', async () => {
    const { id } = await scim('POST', 'Users', person('program', PIPELINE.id));
    const headers = { authorization: `Bearer ${await provider.clientCredentials()}` };
    const answer = await lab.app.inject({ method: 'GET', url: '/api/v1/users/me', headers });
    expect(answer.statusCode).toBe(200);
    expect((await lab.events('IdentityLinked')).at(-1)?.data).not.toMatchObject({ userId: id });
  });
});
