import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LabProvider } from '../../src/identity/oidc/testing/lab-provider.js';
import { account, custody, freshServer } from '../support/custody.js';

describe('the command line for the lab’s directory and its OpenID provider', () => {
  let provider: LabProvider;
  let server: Awaited<ReturnType<typeof freshServer>>;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    provider = await LabProvider.start();
    server = await freshServer([], { CUSTODY_OIDC_ISSUER: provider.issuer, CUSTODY_OIDC_AUDIENCE: 'custody' });
    const { login = '', password = '' } = server.admin;
    env = { CUSTODY_URL: server.url, CUSTODY_USERNAME: login, CUSTODY_PASSWORD: password };
  });
  afterAll(async () => {
    await server.end();
    await provider.stop();
  });
  const run = (...args: string[]) => custody(args, env);
  const because = ['--reason', 'the water project'];

  it('says which roles a group gives, and where, lists them, and takes each back by itself', async () => {
    expect((await run('group', 'list')).out).toBe('there are no groups, and none has roles\n');
    expect((await run('group', 'map', 'Water', 'analyst', '--experiments', 'LIMS*')).code).toBe(64);
    expect((await run('group', 'map', 'Water', 'boss', ...because)).code).toBe(64);
    const both = ['--experiments', 'LIMS*', '--models', 'lims_*'];
    expect((await run('group', 'map', 'Water', 'analyst', ...both, ...because)).code).toBe(64);
    expect(await run('group', 'map', 'Water', 'viewer', ...because)).toMatchObject({
      code: 0,
      out: 'Water gives viewer for everything now\n',
    });
    const scoped = ['--experiments', 'LIMS*'];
    const mapped = await run('group', 'map', 'Water', 'reviewer', 'analyst', ...scoped, ...because, '--json');
    const lims = { roles: ['analyst', 'reviewer'], experiments: 'LIMS*' };
    expect(JSON.parse(mapped.out)).toEqual({ group: 'water', ...lims });
    const { out } = await run('group', 'list');
    expect(out).toMatch(/^group +members +gives +for *\n/);
    expect(out).toMatch(/^water +0 +viewer +everything *$/m);
    expect(out).toMatch(/^water +0 +analyst reviewer +experiments LIMS\* *$/m);

    const gone = await run('group', 'unmap', 'water', ...because);
    expect(gone.out).toBe('water gives no role for everything now\n');
    const listed = (await run('group', 'list', '--json')).out;
    expect(JSON.parse(listed)).toEqual({ group: 'water', roles: [], scoped: [lims], members: 0 });
    expect((await run('group', 'list')).out).not.toContain('everything');
    const refused = await run('group', 'map', 'Water', 'admin', ...scoped, ...because);
    expect([refused.code, refused.err]).toEqual([65, expect.stringContaining('admin holds everywhere or not at all')]);
  });

  it('links a subject of the provider to an account, lists it, and unlinks it for good', async () => {
    await account(server.admin, 'ana', ['viewer']);
    expect((await run('user', 'links', 'ana')).out).toBe('no subject of the OpenID provider acts as ana\n');
    expect((await run('user', 'link', 'ana', 'ana-at-provider')).code).toBe(64);
    const linked = await run('user', 'link', 'ana', 'ana-at-provider', '--roles-follow', '--reason', 'the same Ana');
    const [, id = ''] = /^ana-at-provider acts as ana \((.+)\)\n$/.exec(linked.out) ?? [];
    const [line] = (await run('user', 'links', 'ana')).out.split('\n').slice(1);
    expect(line!.split(/ {2,}/)).toEqual(['ana-at-provider', provider.issuer, 'follow its claims', id]);
    const { issuer } = provider;
    const json = JSON.parse((await run('user', 'links', 'ana', '--json')).out) as object;
    expect(json).toEqual({ identity_id: id, issuer, subject: 'ana-at-provider', roles_follow: true });
    expect((await run('user', 'unlink', 'ana', id)).code).toBe(64);
    expect((await run('user', 'unlink', 'ana', id, '--reason', 'a mistake')).out).toBe(`${id} acts as ana no more\n`);
    expect((await run('user', 'links', 'ana', '--json')).out).toBe('');
    expect((await run('user', 'unlink', 'ana', id, '--reason', 'a mistake')).code).toBe(65);
  });

  it('gives examples in its help', async () => {
    expect((await run('group', '--help')).out).toContain('$ custody group map Water analyst reviewer');
    expect((await run('user', '--help')).out).toContain('$ custody user link');
  });
});
