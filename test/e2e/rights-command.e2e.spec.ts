import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, custody, freshServer, Http } from '../support/custody.js';

describe('the command line for rights', () => {
  let server: Awaited<ReturnType<typeof freshServer>>;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    server = await freshServer();
    const { login = '', password = '' } = server.admin;
    env = { CUSTODY_URL: server.url, CUSTODY_USERNAME: login, CUSTODY_PASSWORD: password };
  });
  afterAll(() => server.end());
  const run = (...args: string[]) => custody(args, env);

  it('grants a role for some names until a time, lists it as of then, and takes it back', async () => {
    await account(server.admin, 'kim', ['viewer']);
    const until = '2099-01-31T12:00:00Z';
    const grant = ['role', 'grant', 'kim', 'analyst', '--experiments', 'LIMS*', '--until', until];
    expect((await run(...grant)).code).toBe(64);
    expect((await run(...grant, '--models', 'x', '--reason', 'r')).code).toBe(64);
    const granted = await run(...grant, '--reason', 'the water project');
    expect(granted).toMatchObject({ code: 0, out: expect.stringContaining('kim is analyst for experiments LIMS*') });
    const [, id = ''] = /\((g-[^)]+)\)/.exec(granted.out) ?? [];
    const then = new Date().toISOString();
    const table = (await run('role', 'list', 'kim')).out;
    expect(table).toMatch(/^role +for +until \(UTC\) +from\n/);
    expect(table).toMatch(/^viewer +everything +the account/m);
    expect(table).toMatch(new RegExp(`^analyst +experiments LIMS\\* +2099-01-31 12:00 +${id}`, 'm'));
    expect((await run('role', 'revoke', 'kim', id, '--reason', 'over')).out).toBe(`${id} of kim is revoked\n`);
    expect((await run('role', 'list', 'kim', '--json')).out).not.toContain('LIMS');
    expect((await run('role', 'list', 'kim', '--json', '--as-of', then)).out).toContain('LIMS*');
    expect((await run('role', 'list', 'kim', '--history')).out).toMatch(/RoleGranted .*the water project/);
    expect((await run('role', 'revoke', 'kim', id)).code).toBe(65);
  });

  it('lets somebody in again whom wrong passwords have locked out', async () => {
    const lee = await account(server.admin, 'lee', ['viewer']);
    const wrong = new Http(server.url, 'lee', 'not the password at all');
    for (let tries = 0; tries < 12; tries++) await wrong.get('/api/v1/users/me');
    expect((await lee.get('/api/v1/users/me')).status).toBe(401);
    expect(await run('user', 'unlock', 'lee', '--reason', 'it was them')).toMatchObject({
      code: 0,
      out: 'lee may sign in again\n',
    });
    expect((await lee.get('/api/v1/users/me')).status).toBe(200);
  });

  it('makes limited tokens, shows their limits, and gives them another secret', async () => {
    const made = await run('token', 'create', 'reports', '--read-only', '--experiments', 'LIMS*', 'air', '--json');
    const { token_id: id } = JSON.parse(made.out) as { token_id: string };
    expect((await run('token', 'list')).out).toMatch(
      new RegExp(`^${id} +reports +holds +reading, experiments LIMS\\*, experiments air`, 'm'),
    );
    const rotated = await run('token', 'rotate', id, '--grace', '5');
    expect(rotated.out).toMatch(/^cst_[\w-]{43}\n$/);
    expect(rotated.err).toContain('The one before goes on until');
    expect((await run('token', 'rotate', id, '--grace', 'long')).code).toBe(64);
  });

  it('completes commands and flags in the shell', async () => {
    const { out, code } = await run('completion', 'bash');
    expect(code).toBe(0);
    const script = join(server.data, 'completion.bash');
    writeFileSync(script, out);
    const complete = (...words: string[]) => {
      const line = `source ${script}; COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _custody; echo "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', line], { encoding: 'utf8' }).trim();
    };
    expect(complete('custody', 'ro')).toBe('role rollback');
    expect(complete('custody', 'role', 'gr')).toBe('grant');
    expect(complete('custody', 'role', 'grant', 'kim', 'ana')).toBe('analyst');
    expect(complete('custody', 'token', 'create', '--read')).toBe('--read-only');
    expect((await run('completion', 'fish')).out).toContain("-n '__fish_seen_subcommand_from role");
    expect((await run('completion', 'zsh')).out).toContain('bashcompinit');
    expect((await run('completion', 'tcsh')).code).toBe(64);
  });

  it('names what is weak here, beside the running server, and what to do', async () => {
    const doctor = (...args: string[]) => custody(['doctor', '--data', server.data, ...args]);
    await server.admin.post('/api/v1/tokens', { label: 'for ever' });
    const copy = join(server.data, '..', `${Date.now()}-copy`);
    const { code, out } = await doctor('--json');
    expect(code).toBe(1);
    const codes = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { code: string }).code);
    expect(codes).toEqual(
      expect.arrayContaining([
        'keys-backup-unknown',
        'master-key-beside-data',
        'passwords-never-age',
        'tokens-for-ever',
      ]),
    );
    expect(codes).not.toContain('open-server');
    expect((await doctor('--host', '0.0.0.0')).out).toMatch(/^severity +what +what to do\n.*without TLS/s);
    cpSync(join(server.data, 'keys'), copy, { recursive: true });
    try {
      expect((await doctor('--json', '--keys-backup', copy)).out).not.toContain('keys-backup');
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});
