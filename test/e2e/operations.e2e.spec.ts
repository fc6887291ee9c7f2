import { openSync, closeSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { custody, dataFolder, freshServer, Http, Proc } from '../support/custody.js';

describe('starting', () => {
  let data: ReturnType<typeof dataFolder>;
  beforeEach(() => {
    data = dataFolder();
  });
  afterEach(() => data.remove());
  const serve = (env: Readonly<Record<string, string>> = {}, ...flags: string[]) =>
    custody(['serve', '--port', '0', '--data', data.path, ...flags], env);

  it.each([
    [{ CUSTODY_READ_WAIT_MS: 'soon' }, /CUSTODY_READ_WAIT_MS: must be a whole number/],
    [{ CUSTODY_LEDGER: 'postgres://u:hunter2@h' }, /CUSTODY_LEDGER: must be sqlite/],
    [{ CUSTODY_COLOUR: 'blue' }, /CUSTODY_COLOUR: there is no such setting/],
    [{ CUSTODY_OPEN: 'true', CUSTODY_HOST: '0.0.0.0' }, /loopback only/],
  ])('a wrong setting %j is named and the status is 78', async (env, message) => {
    const { code, err } = await serve(env);
    expect(code).toBe(78);
    expect(err).toMatch(message);
    expect(err).not.toContain('hunter2');
    expect(err).not.toMatch(/at .*\.js:\d+/);
  });

  it('an unknown flag is named, with the way to the help, and the status is 64', async () => {
    const { code, err } = await serve({}, '--prot', '1');
    expect(code).toBe(64);
    expect(err).toContain('--prot');
  });

  it('a taken port is named and the status is 69', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
    const { code, err } = await custody(['serve', '--port', String(port), '--data', data.path]);
    server.close();
    expect(code).toBe(69);
    expect(err).toContain(String(port));
    expect(err).toContain('--port');
  });

  it('a log file that is no log is not touched, and the status is 65', async () => {
    const file = join(data.path, 'log.db');
    writeFileSync(file, 'these are my notes, please keep them\n'.repeat(300));
    const before = readFileSync(file);
    const { code, err } = await serve();
    expect(code).toBe(65);
    expect(err).toContain('log.db');
    expect(readFileSync(file)).toEqual(before);
  });

  it('a log file with damaged pages is named, and the status is 65', async () => {
    const first = Proc.start(['serve', '--port', '0', '--data', data.path]);
    await first.ready();
    await first.stop();
    const file = join(data.path, 'log.db');
    new Database(file).pragma('wal_checkpoint(TRUNCATE)');
    const at = openSync(file, 'r+');
    writeSync(at, Buffer.alloc(4096, 0x5a), 0, 4096, 0);
    closeSync(at);
    const { code, err } = await serve();
    expect(code).toBe(65);
    expect(err).toContain('log.db');
  });

  it('a data folder that can’t be made is named, and the status is 74', async () => {
    const file = join(data.path, 'a-file');
    writeFileSync(file, '');
    const { code, err } = await custody(['serve', '--port', '0', '--data', join(file, 'data')]);
    expect(code).toBe(74);
    expect(err).toContain('a-file');
  });

  it('read models of another version, or damaged ones, are built anew', async () => {
    const { url, admin, server, data: folder } = await freshServer();
    await admin.get('/api/v1/users');
    expect(url).toContain('127.0.0.1');
    await server.stop();
    const file = join(folder, 'read-models.db');
    const models = new Database(file);
    models.prepare("UPDATE custody_meta SET value = 'of another version' WHERE key = 'signature'").run();
    models.close();
    const again = Proc.start(['serve', '--port', '0', '--data', folder]);
    const { url: newUrl } = await again.ready();
    const users = await new Http(newUrl, admin.login, admin.password).get<{ users: unknown[] }>('/api/v1/users');
    await again.stop();
    expect(users.body.users.length).toBeGreaterThan(0);
    expect(again.out).toContain('built by another version');
  });

  it('everything in the data folder is for its owner alone', async () => {
    const server = Proc.start(['serve', '--port', '0', '--data', join(data.path, 'data')]);
    await server.ready();
    await server.stop();
    expect(statSync(join(data.path, 'data')).mode & 0o077).toBe(0);
    expect(statSync(join(data.path, 'data', 'keys')).mode & 0o077).toBe(0);
    expect(statSync(join(data.path, 'data', 'keys', 'master.key')).mode & 0o077).toBe(0);
  });

  it('shows the one-time password of the administrator once, and never again', async () => {
    const start = async () => {
      const server = Proc.start(['serve', '--port', '0', '--data', data.path]);
      const ready = await server.ready();
      await server.stop();
      return ready;
    };
    expect((await start()).firstStart?.oneTimePassword).toMatch(/^.{12,}$/);
    expect((await start()).firstStart).toBeUndefined();
  });
});

describe('rebuilding', () => {
  it('builds the same tables again, with the server stopped, and refuses while it runs', async () => {
    const { server, data, admin, end } = await freshServer();
    for (let index = 0; index < 5; index++)
      await admin.post('/api/v1/users', {
        login: `person.${index}`,
        display_name: `Person ${index}`,
        roles: ['viewer'],
      });
    await admin.get('/api/v1/users');
    const refused = await custody(['rebuild', '--data', data]);
    expect(refused.code).toBe(69);
    expect(refused.err).toContain('stop it first');
    await server.stop();
    // The last events may not have been projected before the stop; a rebuild knows them all.
    const warm = Proc.start(['serve', '--port', '0', '--data', data]);
    await warm.ready();
    await warm.stop();
    const before = dump(join(data, 'read-models.db'));
    const rebuilt = await custody(['rebuild', '--data', data, '--json']);
    expect(rebuilt.code).toBe(0);
    expect((JSON.parse(rebuilt.out) as { events: number }).events).toBeGreaterThan(5);
    expect(dump(join(data, 'read-models.db'))).toEqual(before);
    await end();
  });
});

function dump(file: string): Readonly<Record<string, unknown[]>> {
  const db = new Database(file, { readonly: true });
  const tables = db
    .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all();
  const all = Object.fromEntries(tables.map(({ name }) => [name, db.prepare(`SELECT * FROM "${name}"`).all()]));
  db.close();
  return all;
}

describe('stopping', () => {
  it('answers what it has accepted, and then ends with status 0', async () => {
    const { server, admin, end } = await freshServer();
    const answers = Array.from({ length: 20 }, (_, index) =>
      admin.post('/api/v1/users', { login: `late.${index}`, display_name: 'Late', roles: ['viewer'] }),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    const exited = server.stop();
    const settled = await Promise.allSettled(answers);
    for (const each of settled) if (each.status === 'fulfilled') expect([201, 503]).toContain(each.value.status);
    expect(settled.some((each) => each.status === 'fulfilled' && each.value.status === 201)).toBe(true);
    expect(await exited).toBe(0);
    await end();
  });
});
