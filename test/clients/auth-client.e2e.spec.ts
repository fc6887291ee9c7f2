import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, freshServer, Http } from '../support/custody.js';
import { PYTHON, withPython } from '../support/python.js';

const run = promisify(execFile);
const V2 = '/api/2.0/mlflow';
const V3 = '/api/3.0/mlflow';

describe("MLflow's calls for users and permissions", () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let analyst: Http;
  beforeAll(async () => {
    custody = await freshServer();
    analyst = await account(custody.admin, 'ana.lyst', ['analyst']);
  });
  afterAll(() => custody.end());

  withPython('to its own client', () => {
    it('do all that its methods ask for, and what they grant is what is allowed', async () => {
      const { admin, url, data } = custody;
      const env = {
        PATH: process.env['PATH'],
        HOME: data,
        PYTHONDONTWRITEBYTECODE: '1',
        MLFLOW_TRACKING_URI: url,
        MLFLOW_TRACKING_USERNAME: admin.login,
        MLFLOW_TRACKING_PASSWORD: admin.password,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
        GIT_PYTHON_REFRESH: 'quiet',
        ANALYST_LOGIN: analyst.login,
        ANALYST_PASSWORD: analyst.password,
      };
      const script = resolve('test/clients/python/auth_service.py');
      const { stdout } = await run(PYTHON, ['-W', 'ignore', script], { env });
      expect(stdout).toContain('done: 22 methods');
    }, 120_000);
  });

  it('list users with their roles, and permissions with where they come from', async () => {
    const { admin } = custody;
    await account(admin, 'lee', ['viewer']);
    const { body: made } = await admin.post<{ role: { id: number } }>(`${V3}/roles/create`, {
      name: 'soil',
      workspace: 'default',
    });
    await admin.post(`${V3}/roles/permissions/add`, {
      role_id: made.role.id,
      resource_type: 'experiment',
      resource_pattern: '0',
      permission: 'EDIT',
    });
    await admin.post(`${V3}/roles/assign`, { username: 'lee', role_id: made.role.id });
    await admin.post(`${V3}/users/permissions/grant`, {
      username: 'lee',
      resource_type: 'registered_model',
      resource_id: '*',
      permission: 'MANAGE',
    });
    const { body: list } = await admin.get<{ users: { id: number; username: string; roles: { name: string }[] }[] }>(
      `${V2}/users/list`,
    );
    const lee = list.users.find(({ username }) => username === 'lee')!;
    expect(lee).toMatchObject({ is_admin: false, roles: [{ name: 'soil', workspace: 'default' }] });
    expect(new Set(list.users.map(({ id }) => id)).size).toBe(list.users.length);

    const { body } = await admin.get(`${V3}/users/permissions/list?username=lee`);
    const at = (
      role_id: number,
      role_name: string,
      resource_type: string,
      resource_pattern: string,
      permission: string,
    ) => ({
      role_id,
      role_name,
      workspace: 'default',
      resource_type,
      resource_pattern,
      permission,
    });
    expect(body).toEqual({
      is_admin: false,
      permissions: [
        at(0, 'viewer', 'experiment', '*', 'READ'),
        at(0, 'viewer', 'registered_model', '*', 'READ'),
        at(0, `__user_${lee.id}__`, 'registered_model', '*', 'MANAGE'),
        at(made.role.id, 'soil', 'experiment', '0', 'EDIT'),
      ],
    });
    expect((await analyst.get(`${V3}/users/permissions/list?username=lee`)).status).toBe(403);
    expect((await analyst.get(`${V2}/users/list`)).status).toBe(403);
  });

  it('are part of what somebody might do at a time, and of how that came about', async () => {
    const { admin } = custody;
    const kay = await account(admin, 'kay', []);
    const { user_id: id } = (await kay.get<{ user_id: string }>('/api/v1/users/me')).body;
    const { body: made } = await admin.post<{ role: { id: number } }>(`${V3}/roles/create`, {
      name: 'air',
      workspace: 'default',
    });
    const role_id = made.role.id;
    const permission = { resource_type: 'experiment', resource_pattern: '0', permission: 'EDIT' };
    await admin.post(`${V3}/roles/assign`, { username: 'kay', role_id });
    await admin.post(`${V3}/roles/permissions/add`, { role_id, ...permission });
    const before = new Date().toISOString();
    await admin.send('DELETE', `${V3}/roles/delete`, { role_id });
    const rights = async (query = '') => (await admin.get(`/api/v1/users/${id}/rights${query}`)).body;
    const then = [{ role_id, name: 'air', permissions: [{ experiment_id: '0', level: 'EDIT', role: 'analyst' }] }];
    expect(await rights(`?as_of=${before}`)).toMatchObject({ named_roles: then });
    const now = (await rights()) as { named_roles: object[]; history: { change: string }[] };
    expect(now.named_roles).toEqual([]);
    expect(now.history.map(({ change }) => change)).toEqual([
      'UserCreated',
      'IdentityVerified',
      'NamedRoleAssigned',
      'NamedRolePermissionAdded',
      'NamedRoleDeleted',
    ]);
  });

  it('say who asks, and what they may', async () => {
    const { status, body } = await analyst.get(`${V2}/users/current`);
    expect([status, body]).toMatchObject([
      200,
      { user: { username: 'ana.lyst', is_admin: false }, is_basic_auth: true },
    ]);
    const mine = await analyst.get<{ permissions: { permission: string }[] }>(`${V3}/users/current/permissions`);
    expect(mine.body.permissions.map(({ permission }) => permission)).toEqual(['EDIT', 'EDIT']);
  });

  it('leave who, when and why in the trail, and say so where no reason was given', async () => {
    const { admin } = custody;
    await account(admin, 'sam', []);
    const grant = { username: 'sam', resource_type: 'experiment', resource_id: '0', permission: 'READ' };
    await admin.post(`${V3}/users/permissions/grant`, grant);
    await admin.post(`${V3}/users/permissions/revoke`, grant, { 'x-custody-reason': 'has left the project' });
    const events = async (action: string) => {
      const { body } = await admin.get<{ events: { reason?: string; actor: { name?: string } }[] }>(
        `/api/v1/audit/events?action=${action}&limit=1`,
      );
      return body.events;
    };
    expect(await events('RoleGranted')).toMatchObject([
      { actor: { name: 'admin' }, reason: expect.stringContaining('users/permissions/grant') as unknown },
    ]);
    expect(await events('RoleGrantRevoked')).toMatchObject([{ reason: 'has left the project' }]);
  });
});
