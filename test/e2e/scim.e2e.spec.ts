import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { account, Answer, freshServer, Http, withPassword } from '../support/custody.js';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

interface Resource {
  readonly id: string;
  readonly meta: { readonly location: string };
  readonly [name: string]: unknown;
}
interface List {
  readonly totalResults: number;
  readonly itemsPerPage: number;
  readonly Resources: readonly Resource[];
}

let custody: Awaited<ReturnType<typeof freshServer>>;
let directory: string;
beforeAll(async () => {
  custody = await freshServer([], { CUSTODY_SCIM_IDENTITY_VERIFIED: 'HR saw an identity card, SOP-12' });
  const service = { login: 'directory', kind: 'service', roles: ['provisioner'], reason: 'a test' };
  const { user_id } = (await custody.admin.post<{ user_id: string }>('/api/v1/users', service)).body;
  const token = { label: 'scim', user_id };
  directory = (await custody.admin.post<{ token: string }>('/api/v1/tokens', token)).body.token;
});
afterAll(() => custody.end());

const scim = <T = Resource>(method: string, path: string, body?: unknown): Promise<Answer<T>> =>
  new Http(custody.url).send<T>(method, `/scim/v2/${path}`, body === undefined ? undefined : JSON.stringify(body), {
    authorization: `Bearer ${directory}`,
    ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
  });
const person = (userName: string, more: object = {}) => ({ schemas: [USER], userName, ...more });
const patch = (path: string, ...Operations: readonly object[]) => scim('PATCH', path, { schemas: [PATCH], Operations });
const find = (filter: string, more = '') => scim<List>('GET', `Users?filter=${encodeURIComponent(filter)}${more}`);
const made = async (userName: string, more: object = {}) => {
  const answer = await scim('POST', 'Users', person(userName, more));
  expect(answer.status).toBe(201);
  return answer.body;
};
/** Signs in with what an administrator hands over: a directory gives no passwords. */
const signedIn = async ({ id }: Resource, login: string) => {
  const reset = await custody.admin.post<{ one_time_password: string }>(`/api/v1/users/${id}/password`, {});
  return withPassword(custody.url, login, reset.body.one_time_password, `a password of ${login}, long enough`);
};
const rolesOf = async ({ id }: Resource) =>
  (await custody.admin.get<{ roles: string[] }>(`/api/v1/users/${id}/rights`)).body.roles;

describe('a person, by the lab’s directory', () => {
  it('joins, changes and leaves, each change an event by the directory’s client', async () => {
    const name = { givenName: 'Ada', familyName: 'Lovelace' };
    const emails = [{ value: 'ada@lab.example', type: 'work', primary: true }];
    const created = await scim('POST', 'Users', person('Ada', { name, emails, externalId: 'hr-7' }));
    expect(created.headers.get('content-type')).toContain('application/scim+json');
    expect(created.headers.get('location')).toBe(created.body.meta.location);
    expect(created.body).toMatchObject({ userName: 'ada', displayName: 'Ada Lovelace', active: true, name, emails });
    const { id } = created.body;
    expect((await scim('GET', `Users/${id}`)).body).toEqual(created.body);
    const listed = (await find('userName eq "ADA"')).body;
    expect(listed).toMatchObject({ totalResults: 1, Resources: [created.body] });

    const ada = await signedIn(created.body, 'ada');
    const { token } = (await ada.post<{ token: string }>('/api/v1/tokens', { label: 'x' })).body;
    const byToken = () => new Http(custody.url).get('/api/v1/users/me', { authorization: `Bearer ${token}` });
    expect((await byToken()).status).toBe(200);
    await patch(`Users/${id}`, { op: 'replace', path: 'name.familyName', value: 'King' });
    const left = await patch(`Users/${id}`, { op: 'Replace', path: 'active', value: 'False' });
    expect(left.body).toMatchObject({ active: false, name: { familyName: 'King' } });
    expect((await byToken()).status).toBe(401);

    const back = await patch(`Users/${id}`, { op: 'replace', value: { active: true } });
    expect(back.body['active']).toBe(true);
    expect([(await byToken()).status, (await ada.get('/api/v1/users/me')).status]).toEqual([401, 401]);

    expect((await scim('DELETE', `Users/${id}`)).status).toBe(204);
    expect((await scim('GET', `Users/${id}`)).status).toBe(404);
    expect((await find('userName eq "ada"')).body.totalResults).toBe(0);
    const rights = await custody.admin.get<{ status: string; history: { change: string; reason?: string }[] }>(
      `/api/v1/users/${id}/rights`,
    );
    expect(rights.body.status).toBe('disabled');
    const changes = rights.body.history.map(({ change }) => change);
    expect(changes).toEqual([
      'UserCreated',
      'IdentityVerified',
      'UserDisabled',
      'UserEnabled',
      'IdentityVerified',
      'UserDisabled',
      'UserDeprovisioned',
    ]);
    expect(rights.body.history[0]!.reason).toContain('SCIM');
  });

  it('leaves, whatever else the directory says that is not kept here, in any order', async () => {
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    const ignored: readonly object[] = [
      { op: 'replace', path: 'title', value: 'former chemist' },
      { op: 'replace', path: `${enterprise}:department`, value: 'none' },
      { op: 'add', path: `${enterprise}:manager`, value: { value: 'u-1' } },
      { op: 'remove', path: `${enterprise}:manager.displayName` },
      { op: 'add', path: enterprise, value: { costCenter: '7' } },
      { op: 'replace', path: `${USER}:preferredLanguage`, value: 'de' },
      { op: 'replace', path: 'phoneNumbers[type eq "work"].value', value: '+49 1' },
      { op: 'remove', path: 'addresses[type eq "home"]' },
      { op: 'add', value: { nickName: 'x', [`${enterprise}:employeeNumber`]: '9', unheardOf: true } },
    ];
    const leaves = { op: 'replace', path: 'active', value: false };
    for (const [index, order] of [
      [...ignored, leaves],
      [leaves, ...ignored],
    ].entries()) {
      const { id } = await made(`goes.${index}`);
      const { status, body } = await patch(`Users/${id}`, ...order);
      expect([status, body['active'], body['title']]).toEqual([200, false, undefined]);
    }
    const { id } = await made('stays');
    const unknown = [
      'titel',
      `${enterprise}:boss`,
      `${enterprise}:manager.boss`,
      'urn:x:title',
      'title.x',
      'phoneNumbers[typ eq "work"]',
      'phoneNumbers.number',
      'title[value pr]',
    ];
    for (const path of unknown)
      for (const order of [
        [leaves, { op: 'replace', path, value: 'x' }],
        [{ op: 'replace', path, value: 'x' }, leaves],
      ]) {
        const { status, body } = await patch(`Users/${id}`, ...order);
        const scimType = path.includes(' eq ') ? 'invalidFilter' : 'invalidPath';
        expect([path, status, body]).toMatchObject([path, 400, { scimType }]);
        expect((await scim('GET', `Users/${id}`)).body['active']).toBe(true);
      }
  });

  it('stays out when something else about them is changed at the same time', async () => {
    for (const round of [1, 2, 3, 4]) {
      const { id } = await made(`leaver.${round}`);
      const turns = [
        ...[1, 2, 3].map((turn) => patch(`Users/${id}`, { op: 'add', path: 'name.givenName', value: `Turn ${turn}` })),
        patch(`Users/${id}`, { op: 'replace', path: 'active', value: false }),
        ...['a', 'b'].map((type) =>
          patch(`Users/${id}`, { op: 'add', path: `emails[type eq "${type}"].value`, value: `${type}@lab.example` }),
        ),
      ];
      for (const { status } of await Promise.all(turns)) expect(status).toBe(200);
      const { active, emails } = (await scim('GET', `Users/${id}`)).body;
      expect([active, (emails as readonly unknown[]).length]).toEqual([false, 2]);
    }
  });

  it('keeps its state when the directory says nothing of it, and is never let in again against an administrator', async () => {
    const account = { login: 'dismissed', roles: ['admin'], identity_verified: 'passport', reason: 'a test' };
    const { user_id: id } = (await custody.admin.post<{ user_id: string }>('/api/v1/users', account)).body;
    await custody.admin.post(`/api/v1/users/${id}/disable`, { reason: 'dismissed' });
    expect((await scim('PUT', `Users/${id}`, person('dismissed'))).body['active']).toBe(false);
    const tries = [
      () => scim<object>('PUT', `Users/${id}`, person('dismissed', { active: true, displayName: 'Somebody else' })),
      () =>
        scim<object>('PATCH', `Users/${id}`, {
          schemas: [PATCH],
          Operations: [{ op: 'add', path: 'active', value: true }],
        }),
    ];
    for (const attempt of tries) {
      const { status, body } = await attempt();
      expect([status, body]).toMatchObject([403, { schemas: [ERROR], status: '403' }]);
      expect(JSON.stringify(body)).toContain('an administrator disabled');
    }
    expect((await scim('GET', `Users/${id}`)).body).toMatchObject({ active: false, displayName: 'dismissed' });
    const denied = await custody.admin.get<{ events: object[] }>('/api/v1/audit/events?action=AccessDenied&limit=2');
    const denial = { actor: { name: 'directory' }, resource: { kind: 'user', id }, outcome: 'denied' };
    expect(denied.body.events).toMatchObject([denial, denial]);
  });

  it('comes back with the roles that groups give, and with nothing that was given by hand', async () => {
    const who = await made('returner');
    const group = { schemas: [GROUP], displayName: 'returners', members: [{ value: who.id }] };
    await custody.admin.post('/api/v1/group-roles', { group: 'returners', roles: ['viewer'], reason: 'a test' });
    await scim('POST', 'Groups', group);
    await custody.admin.post(`/api/v1/users/${who.id}/roles`, { roles: ['admin'], reason: 'a test' });
    const grant = { role: 'analyst', experiments: 'LIMS*', reason: 'a test' };
    await custody.admin.post(`/api/v1/users/${who.id}/grants`, grant);
    const role = { name: 'returning-team', workspace: 'default' };
    const roles = '/api/3.0/mlflow/roles';
    const { id: roleId } = (await custody.admin.post<{ role: { id: number } }>(`${roles}/create`, role)).body.role;
    const assigned = await custody.admin.post(`${roles}/assign`, { role_id: roleId, username: 'returner' });
    expect(assigned.status).toBe(200);

    for (const active of [false, true])
      await patch(`Users/${who.id}`, { op: 'replace', path: 'active', value: active });
    const { body } = await custody.admin.get<{ roles: string[]; grants: object[]; named_roles: object[] }>(
      `/api/v1/users/${who.id}/rights`,
    );
    expect(body).toMatchObject({ roles: ['viewer'], grants: [{ role: 'viewer' }], named_roles: [] });
  });

  it('is where the host says that the client asked, and nowhere for a host that is none', async () => {
    const { id } = await made('hosted');
    const ask = async (host: string, method = 'GET', path = `Users/${id}`, body?: object) => {
      const { hostname, port } = new URL(custody.url);
      const type = body ? { 'content-type': 'application/scim+json' } : {};
      const headers = { host, authorization: `Bearer ${directory}`, ...type };
      const asked = request({ hostname, port, method, path: `/scim/v2/${path}`, headers });
      asked.end(body && JSON.stringify(body));
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      return { status: answer.statusCode, body: JSON.parse(await text(answer)) as Resource };
    };
    for (const host of ['custody.lab.example', 'custody.lab.example:8443', '[::1]:5000', '127.0.0.1']) {
      const { status, body } = await ask(host);
      expect([status, body.meta.location]).toEqual([200, `http://${host}/scim/v2/Users/${id}`]);
    }
    const odd = [
      'evil.example"><x',
      'a b',
      'user@evil.example',
      'evil.example/path',
      'evil.example?x',
      'a:99999',
      'a\\b',
    ];
    for (const host of odd) {
      expect([host, await ask(host)]).toMatchObject([
        host,
        { status: 400, body: { schemas: [ERROR], detail: expect.stringContaining('Host') } },
      ]);
      expect((await ask(host, 'POST', 'Users', person('of.an.odd.host'))).status).toBe(400);
    }
    expect((await find('userName eq "of.an.odd.host"')).body.totalResults).toBe(0);
  });

  it('is deleted by a request without a body, whatever type it says that the body has', async () => {
    for (const type of ['application/scim+json', 'application/json', 'application/json; charset=utf-8']) {
      const { id } = await made(`bodiless.${type.length}`);
      const headers = { authorization: `Bearer ${directory}`, 'content-type': type };
      const http = new Http(custody.url);
      expect((await http.send('DELETE', `/scim/v2/Users/${id}`, undefined, headers)).status).toBe(204);
      const empty = await http.send<object>('POST', '/scim/v2/Users', '', headers);
      expect([empty.status, empty.body]).toMatchObject([400, { scimType: 'invalidSyntax', schemas: [ERROR] }]);
    }
  });

  it('never gets a login that anybody ever had', async () => {
    const bob = await made('bob');
    await scim('DELETE', `Users/${bob.id}`);
    for (const login of ['BOB', 'admin', 'directory']) {
      const taken = await scim<object>('POST', 'Users', person(login));
      expect([login, taken.status]).toEqual([login, 409]);
      expect(taken.body).toMatchObject({ schemas: [ERROR], status: '409', scimType: 'uniqueness' });
    }
    const cyd = await made('cyd');
    const renamed = await scim<object>('PUT', `Users/${cyd.id}`, person('cyd2'));
    expect([renamed.status, renamed.body]).toMatchObject([400, { scimType: 'mutability' }]);
  });

  it('is sealed in the log, whatever the directory says of them', async () => {
    await made('dee', { name: { familyName: 'Unmistakable' }, externalId: 'hr-unmistakable' });
    const log = ['log.db', 'log.db-wal'].map((file) => readFileSync(join(custody.data, file), 'latin1')).join('');
    expect(log).toContain('ProfileChanged');
    expect(log.toLowerCase()).not.toContain('unmistakable');
  });

  it('is found by any filter, page by page, and only so far as it is asked for', async () => {
    for (const index of [1, 2, 3]) await made(`page.${index}`, { displayName: `Page ${index}` });
    const page = (await find('userName sw "PAGE." and active eq true', '&startIndex=2&count=1')).body;
    expect(page).toMatchObject({ totalResults: 3, itemsPerPage: 1, Resources: [{ userName: 'page.2' }] });
    const some = (await find('displayName eq "page 3"', '&attributes=userName,meta.location')).body.Resources[0]!;
    expect(Object.keys(some).sort()).toEqual(['id', 'meta', 'schemas', 'userName']);
    expect(Object.keys(some.meta)).toEqual(['location']);
    const less = (await find('displayName eq "page 3"', '&excludedAttributes=meta,schemas')).body.Resources[0]!;
    expect(Object.keys(less)).not.toContain('meta');
    expect(Object.keys(less)).toContain('schemas');
    expect((await find('id pr', '&count=0')).body).toMatchObject({ itemsPerPage: 0, Resources: [] });
  });

  it('is no service account: those are none of the directory’s business', async () => {
    const { body } = await custody.admin.get<{ users: { user_id: string; login: string }[] }>('/api/v1/users');
    const { user_id } = body.users.find(({ login }) => login === 'directory')!;
    expect((await find('userName eq "directory"')).body.totalResults).toBe(0);
    for (const id of [user_id, 'svc-training-worker', 'no-such', '..%2Fx'])
      for (const method of ['GET', 'DELETE'])
        expect([id, (await scim(method, `Users/${id}`)).status]).toEqual([id, 404]);
  });

  it('is not the last administrator when it is disabled or deleted', async () => {
    const { user_id } = (await custody.admin.get<{ user_id: string }>('/api/v1/users/me')).body;
    expect((await scim('DELETE', `Users/${user_id}`)).status).toBe(403);
    expect((await patch(`Users/${user_id}`, { op: 'replace', path: 'active', value: false })).status).toBe(403);
    expect((await custody.admin.get('/api/v1/users')).status).toBe(200);
    const trail = await custody.admin.get<object>('/api/v1/audit/events?action=AccessDenied&limit=2');
    expect((trail.body as { events: unknown[] }).events).toHaveLength(2);
  });
});

describe('a group', () => {
  const setRoles = (group: string, ...roles: readonly string[]) =>
    custody.admin.post('/api/v1/group-roles', { group, roles, reason: 'a test' });
  const group = (displayName: string, ...ids: readonly string[]) => ({
    schemas: [GROUP],
    displayName,
    members: ids.map((value) => ({ value })),
  });

  it('gives its members the roles that an administrator maps to its name, and takes them back', async () => {
    const [eve, fay] = [await made('eve'), await made('fay')];
    expect((await setRoles('Data Science', 'analyst')).body).toEqual({ group: 'data science', roles: ['analyst'] });
    const created = (await scim('POST', 'Groups', group('Data Science', eve.id))).body;
    expect([await rolesOf(eve), await rolesOf(fay)]).toEqual([['analyst'], []]);
    expect((await scim('GET', `Users/${eve.id}`)).body['groups']).toMatchObject([{ value: created.id }]);

    const member = await signedIn(eve, 'eve');
    const experiment = (name: string) => member.post('/api/2.0/mlflow/experiments/create', { name });
    expect((await experiment('while a member')).status).toBe(200);
    await patch(
      `Groups/${created.id}`,
      { op: 'remove', path: `members[value eq "${eve.id}"]` },
      { op: 'add', path: 'members', value: [{ value: fay.id }] },
    );
    expect((await experiment('afterwards')).status).toBe(403);
    expect([await rolesOf(eve), await rolesOf(fay)]).toEqual([[], ['analyst']]);

    await setRoles('DATA science', 'reviewer');
    expect(await rolesOf(fay)).toEqual(['reviewer']);
    await scim('PUT', `Groups/${created.id}`, group('Somebody else', fay.id));
    expect(await rolesOf(fay)).toEqual([]);
    await scim('PUT', `Groups/${created.id}`, group('Data Science', fay.id));
    expect(await rolesOf(fay)).toEqual(['reviewer']);
    expect((await scim('DELETE', `Groups/${created.id}`)).status).toBe(204);
    expect(await rolesOf(fay)).toEqual([]);
    expect((await scim('GET', `Groups/${created.id}`)).status).toBe(404);
  });

  it('gives roles for experiments or models by name, several at once, and takes each back by itself', async () => {
    const map = (body: object) =>
      custody.admin.post('/api/v1/group-roles', { group: 'Water', reason: 'the water project', ...body });
    const hal = await made('hal');
    await scim('POST', 'Groups', group('Water', hal.id));
    expect((await map({ roles: ['viewer'] })).body).toEqual({ group: 'water', roles: ['viewer'] });
    const mapped = await map({ roles: ['analyst'], experiments: 'LIMS*' });
    expect(mapped.body).toEqual({ group: 'water', roles: ['analyst'], experiments: 'LIMS*' });
    await map({ roles: ['reviewer', 'analyst'], models: 'lims_*' });
    const { body } = await custody.admin.get<{ groups: { group: string }[] }>('/api/v1/group-roles');
    expect(body.groups.find(({ group: name }) => name === 'water')).toEqual({
      group: 'water',
      roles: ['viewer'],
      scoped: [
        { roles: ['analyst'], experiments: 'LIMS*' },
        { roles: ['analyst', 'reviewer'], models: 'lims_*' },
      ],
      members: 1,
    });

    const member = await signedIn(hal, 'hal');
    const experiment = (name: string) => member.post('/api/2.0/mlflow/experiments/create', { name });
    expect([(await experiment('LIMS 7')).status, (await experiment('air 7')).status]).toEqual([200, 403]);
    await map({ roles: [], experiments: 'LIMS*' });
    expect((await experiment('LIMS 8')).status).toBe(403);
    const rights = await custody.admin.get<{ grants: { role: string; models?: string }[] }>(
      `/api/v1/users/${hal.id}/rights`,
    );
    const grants = rights.body.grants.map(({ role, models }) => `${role} ${models ?? 'everywhere'}`);
    expect(grants.sort()).toEqual(['analyst lims_*', 'reviewer lims_*', 'viewer everywhere']);

    const wrong: readonly (readonly [object, string, string])[] = [
      [{ roles: ['analyst'], experiments: '^LIMS' }, 'pattern-invalid', 'experiments'],
      [{ roles: ['analyst'], experiments: '' }, 'pattern-invalid', 'experiments'],
      [{ roles: ['analyst'], experiments: 'a', models: 'b' }, 'one-scope', 'models'],
      [{ roles: ['auditor'], models: 'lims_*' }, 'role-not-scoped', 'roles'],
    ];
    for (const [sent, code, field] of wrong) {
      const answer = await map(sent);
      expect([sent, answer.status, answer.body]).toMatchObject([sent, 400, { code, field }]);
    }
  });

  it('that twenty change at once has every change of them, and everybody the roles of it', async () => {
    const goer = await made('gus');
    const comers = await Promise.all(Array.from({ length: 19 }, (_, index) => made(`gus.${index}`)));
    await setRoles('rush', 'analyst');
    const { id } = (await scim('POST', 'Groups', group('rush', goer.id))).body;
    const turns = [
      patch(`Groups/${id}`, { op: 'remove', path: `members[value eq "${goer.id}"]` }),
      ...comers.map((comer) => patch(`Groups/${id}`, { op: 'add', path: 'members', value: [{ value: comer.id }] })),
    ];
    for (const { status } of await Promise.all(turns)) expect(status).toBe(200);
    const members = (await scim('GET', `Groups/${id}`)).body['members'] as readonly { readonly value: string }[];
    expect(members.map(({ value }) => value).sort()).toEqual(comers.map((comer) => comer.id).sort());
    expect(await rolesOf(goer)).toEqual([]);
    for (const comer of comers) expect(await rolesOf(comer)).toEqual(['analyst']);
  });

  it('is not changed by a part of a patch: what is wrong in one operation undoes the others', async () => {
    const { id } = (await scim('POST', 'Groups', group('whole or not', 'm-1'))).body;
    const wrong = await patch(
      `Groups/${id}`,
      { op: 'add', path: 'members', value: [{ value: 'm-2' }] },
      { op: 'add', path: 'members', value: [{ value: 'no id at all' }] },
    );
    expect([wrong.status, wrong.body]).toMatchObject([400, { scimType: 'invalidValue' }]);
    expect((await scim('GET', `Groups/${id}`)).body['members']).toMatchObject([{ value: 'm-1' }]);
    expect((await patch('Groups/grp-none', { op: 'remove', path: 'members' })).status).toBe(404);
  });

  it('names members by id, never by what would be somebody’s name in the log', async () => {
    const wrong = await scim<object>('POST', 'Groups', group('names', 'ada@lab.example'));
    expect([wrong.status, wrong.body]).toMatchObject([400, { scimType: 'invalidValue' }]);
    expect((await scim('POST', 'Groups', group('strangers', 'nobody-here'))).status).toBe(201);
  });

  it('gets its roles from administrators only, and with a reason', async () => {
    const body = { group: 'x', roles: ['admin'] };
    expect((await custody.admin.post('/api/v1/group-roles', body)).status).toBe(400);
    const asDirectory = new Http(custody.url).post('/api/v1/group-roles', body, {
      authorization: `Bearer ${directory}`,
    });
    expect((await asDirectory).status).toBe(403);
    const { groups } = (await custody.admin.get<{ groups: { group: string }[] }>('/api/v1/group-roles')).body;
    expect(groups.map(({ group: name }) => name)).toContain('strangers');
  });
});

describe('what is refused', () => {
  it('has SCIM’s shape, whoever refuses it', async () => {
    const http = new Http(custody.url);
    const bearer = { authorization: `Bearer ${directory}` };
    const json = { ...bearer, 'content-type': 'application/scim+json' };
    const viewer = await account(custody.admin, 'vi.ewer', ['viewer']);
    const answers: readonly (readonly [number, Promise<Answer<object>>])[] = [
      [401, http.get('/scim/v2/Users')],
      [403, viewer.get('/scim/v2/Users')],
      [403, custody.admin.get('/scim/v2/Users')],
      [404, http.get('/scim/v2/Nothing', bearer)],
      [404, http.post('/scim/v2/Bulk', {}, bearer)],
      [404, http.get('/scim/v2/Schemas/urn:none', bearer)],
      [400, http.send('POST', '/scim/v2/Users', '{"broken', json)],
      [400, http.send('POST', '/scim/v2/Users', '[]', json)],
      [415, http.send('POST', '/scim/v2/Users', 'x', { ...bearer, 'content-type': 'text/plain' })],
      [400, http.get('/scim/v2/Users?count=x', bearer)],
      [400, http.get('/scim/v2/Users?filter=a&filter=b', bearer)],
    ];
    for (const [status, asked] of answers) {
      const answer = await asked;
      expect(answer.body).toMatchObject({ schemas: [ERROR], status: String(status), detail: expect.any(String) });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toContain('application/scim+json');
    }
  });

  it.each([
    ['SQL', `userName eq "x" or 1=1; drop table identity_users`],
    ['a text that never ends', `userName eq "${'\\'.repeat(1500)}`],
    ['a thousand brackets', `${'('.repeat(1000)}userName pr`],
    ['two hundred denials', `${'not ('.repeat(200)}userName pr${')'.repeat(200)}`],
    ['what every object has', `__proto__ eq "x"`],
    ['a bracket too many', `userName eq "x"]`],
    ['a sign', '%'],
  ])('is a filter that is none: %s', async (_, filter) => {
    const { status, body } = await find(filter);
    expect([status, body]).toMatchObject([400, { scimType: 'invalidFilter' }]);
  });

  it('is never a fault of the server, whatever the directory sends', async () => {
    const { id } = await made('fuzz');
    const value = fc.jsonValue({ maxDepth: 4 });
    const name = fc.constantFrom(
      'userName',
      'emails',
      'name',
      'active',
      'displayName',
      'members',
      'externalId',
      'id',
      'meta',
    );
    const path = fc.oneof(
      name,
      fc.string(),
      fc.constantFrom('emails[type eq "work"].value', 'members[value pr]', 'name.x'),
    );
    const operation = fc.record(
      { op: fc.constantFrom('add', 'remove', 'replace', 'x'), path, value },
      { requiredKeys: ['op'] },
    );
    const body = fc.oneof(
      fc.dictionary(name, value).map((fields) => ({ ...fields, schemas: [USER, GROUP] })),
      fc.array(operation, { minLength: 1, maxLength: 3 }).map((Operations) => ({ schemas: [PATCH], Operations })),
    );
    const method = fc.constantFrom('POST', 'PUT', 'PATCH');
    await fc.assert(
      fc.asyncProperty(method, fc.constantFrom('Users', 'Groups'), body, async (how, kind, sent) => {
        const answer = await scim<object>(how, how === 'POST' ? kind : `${kind}/${id}`, sent);
        expect(answer.status).toBeLessThan(500);
        if (answer.status >= 400)
          expect(answer.body).toMatchObject({ schemas: [ERROR], status: String(answer.status) });
      }),
      { numRuns: 300, seed: 4711 },
    );
    expect((await scim('GET', `Users/${id}`)).body['userName']).toBe('fuzz');
  }, 60_000);

  it('is a text like any other where it stands in quotes', async () => {
    const { status, body } = await find(`userName eq "' or '1'='1"`);
    expect([status, body.totalResults]).toEqual([200, 0]);
  });

  it('says what this server can do, to those who may use it', async () => {
    const config = await scim<Record<string, { supported: boolean }>>('GET', 'ServiceProviderConfig');
    expect(config.body).toMatchObject({ patch: { supported: true }, bulk: { supported: false } });
    const { Resources } = (await scim<List>('GET', 'Schemas')).body;
    expect(Resources.map(({ id }) => id)).toEqual([USER, GROUP]);
    expect((await scim('GET', `Schemas/${USER}`)).body.id).toBe(USER);
  });
});
