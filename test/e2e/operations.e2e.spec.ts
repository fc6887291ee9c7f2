import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { EventId, NewEvent, systemClock, uuidv7 } from '../../src/core/index.js';
import { EXIT } from '../../src/cli/exit-codes.js';
import { openSqliteLedger } from '../../src/ledger/sqlite/index.js';
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

  it('a log with an event that can’t be read any more is refused, with the way out, and the status is 65', async () => {
    const first = Proc.start(['serve', '--port', '0', '--data', data.path]);
    await first.ready();
    await first.stop();
    const log = new Database(join(data.path, 'log.db'));
    const triggers = log
      .prepare<[], { name: string; sql: string }>("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
      .all();
    for (const { name } of triggers) log.exec(`DROP TRIGGER ${name}`);
    log.exec('UPDATE events SET data = substr(data, 2) WHERE position = 2');
    for (const { sql } of triggers) log.exec(sql);
    log.close();
    const { code, err } = await serve();
    expect(code).toBe(65);
    expect(err).toMatch(/log\.db can't be trusted: of its last \d+ events only \d+ are sound/);
    expect(err).not.toMatch(/at .*\.js:\d+/);
  });

  it.each([
    ['below a file', (file: string) => join(file, 'data'), /can't be made \(a part of the path is a file\)/],
    ['below a device', () => '/dev/null/x', /can't be made \(a part of the path is a file\)/],
    ['that is a file', (file: string) => file, /is a file, not a folder/],
    ['where nobody may write', () => '/sys/custody', /can't be made \(/],
  ])('a data folder %s is named, with the way out, and the status is 74', async (_, pathOf, why) => {
    const file = join(data.path, 'a-file');
    writeFileSync(file, '');
    for (const command of [['serve', '--port', '0'], ['worker'], ['demo', '--exit', '--port', '5300']]) {
      const { code, out, err } = await custody([...command, '--data', pathOf(file)]);
      expect(code).toBe(74);
      expect(out).not.toContain('listening');
      // One line: no stack, no line of the log.
      expect(err.trim().split('\n')).toHaveLength(1);
      expect(err).toContain(pathOf(file));
      expect(err).toMatch(why);
      expect(err).toContain('--data (CUSTODY_DATA)');
    }
  });

  it.each(['nonsense.invalid', '192.0.2.1'])(
    'a host that is none of this machine, %s, is named in one line, and the status is 78',
    async (host) => {
      const { code, err } = await serve({}, '--host', host);
      expect(code).toBe(78);
      expect(err.trim().split('\n')).toHaveLength(1);
      expect(err).toContain(host);
      expect(err).toContain('--host');
    },
  );

  it('the help lists every exit code, and so does the manual', async () => {
    const { out } = await custody(['--help']);
    const manual = readFileSync('docs/operations.md', 'utf8');
    for (const code of Object.values(EXIT)) {
      expect(out).toMatch(new RegExp(`Exit codes: .*\\b${code} `, 's'));
      expect(manual).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'));
    }
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

  it('everything in the data folder is for its owner alone, also in a folder that others may enter', async () => {
    const folder = join(data.path, 'open');
    mkdirSync(folder, { mode: 0o755 });
    const server = Proc.start(['serve', '--port', '0', '--data', folder]);
    await server.ready();
    const modes = readdirSync(folder, { recursive: true }).map((name) => [
      name,
      statSync(join(folder, String(name))).mode & 0o077,
    ]);
    await server.stop();
    expect(modes.length).toBeGreaterThan(5);
    expect(modes.filter(([, mode]) => mode !== 0)).toEqual([]);
  });

  it('a data folder whose log is gone is refused, not begun anew', async () => {
    const { server, data: folder, end } = await freshServer();
    await server.stop();
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `log.db${suffix}`), { force: true });
    const { code, err } = await custody(['serve', '--port', '0', '--data', folder]);
    await end();
    expect(code).toBe(65);
    expect(err).toContain('there is no log at');
  });

  it('two servers that start together on one folder both see what either writes', async () => {
    const { server, data: folder, admin, end } = await freshServer();
    await server.stop();
    rmSync(join(folder, 'read-models.db'), { force: true });
    const pair = [0, 1].map(() => Proc.start(['serve', '--port', '0', '--data', folder]));
    const ready = await Promise.all(pair.map((each) => each.ready()));
    const [one, two] = ready.map(({ url }) => new Http(url, admin.login, admin.password)) as [Http, Http];
    for (let index = 0; index < 10; index++) {
      const [writer, reader] = index % 2 ? [one, two] : [two, one];
      const made = await writer.post<{ user_id: string }>('/api/v1/users', {
        login: `both.${index}`,
        display_name: 'Both',
        roles: ['viewer'],
        reason: 'a test',
      });
      const position = made.headers.get('x-custody-position')!;
      const seen = await reader.get<{ users: { user_id: string }[] }>('/api/v1/users', {
        'x-custody-position': position,
      });
      expect(seen.body.users.map(({ user_id }) => user_id)).toContain(made.body.user_id);
    }
    await Promise.all(pair.map((each) => each.stop()));
    await end();
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
        reason: 'a test',
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

describe('a rebuild that does not end', () => {
  const EVENTS = 60_000;

  it('leaves everything as it was when it is interrupted, killed, or another one is tried meanwhile', async () => {
    const { server, data, end } = await freshServer();
    await server.stop();
    await fill(join(data, 'log.db'), EVENTS);
    const warm = Proc.start(['serve', '--port', '0', '--data', data]);
    await warm.ready();
    await warm.stop();
    const before = dump(join(data, 'read-models.db'));
    const begun = async () => {
      const rebuild = Proc.start(['rebuild', '--data', data]);
      while (!existsSync(join(data, 'read-models.db.building'))) await new Promise((resolve) => setTimeout(resolve, 5));
      return rebuild;
    };

    const interrupted = await begun();
    interrupted.child.kill('SIGINT');
    expect(await interrupted.exited).toBe(69);
    expect(interrupted.out).toContain('as they were');

    const first = await begun();
    // Held still, so that it is surely not over before the second one has looked.
    first.child.kill('SIGSTOP');
    const second = await custody(['rebuild', '--data', data]);
    expect(second.code).toBe(69);
    expect(second.err).toContain('another rebuild');
    first.child.kill('SIGCONT');
    expect(await first.exited).toBe(0);

    await (await begun()).kill();
    expect(dump(join(data, 'read-models.db'))).toEqual(before);
    const after = Proc.start(['serve', '--port', '0', '--data', data]);
    await after.ready();
    await after.stop();
    expect(readdirSync(data).filter((name) => name.includes('building'))).toEqual([]);
    await end();
  });

  it('does not make a folder that was misspelt', async () => {
    const data = dataFolder();
    const { code, err } = await custody(['rebuild', '--data', join(data.path, 'typo')]);
    expect(code).toBe(74);
    expect(err).toContain('is --data right?');
    expect(existsSync(join(data.path, 'typo'))).toBe(false);
    data.remove();
  });
});

/** Metric events of one run, straight into the log. */
async function fill(file: string, events: number): Promise<void> {
  const ledger = await openSqliteLedger({ file, clock: systemClock });
  const [any] = await ledger.readAll({ limit: 1 });
  const { actor, origin, correlationId } = any!;
  const runId = 'a'.repeat(32);
  const event = (step: number): NewEvent => ({
    id: uuidv7() as EventId,
    type: 'MetricsLogged',
    schema: 1,
    data: { runId, experimentId: '0', metrics: [{ key: 'loss', value: 0.5, timestamp: step, step }] },
    actor,
    origin,
    correlationId,
  });
  for (let at = 0; at < events; at += 1000) {
    await ledger.append(
      `metrics-${runId}`,
      Array.from({ length: 1000 }, (_, index) => event(at + index)),
      'any',
    );
  }
  await ledger.close();
}

describe('health', () => {
  it('says what is wrong, as text for MLflow and as JSON for operators, and never as a server error', async () => {
    const { server, url, data, end } = await freshServer();
    const http = new Http(url);
    expect((await http.get('/health')).body).toBe('OK');
    expect((await http.get('/health/ready')).body).toMatchObject({ status: 'ok', details: { log: { status: 'up' } } });
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(data, `log.db${suffix}`), { force: true });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const plain = await http.get<string>('/health');
    expect(plain.status).toBe(503);
    expect(plain.body).toContain('log.db');
    const ready = await http.get('/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({ status: 'error', details: { log: { status: 'down' } } });
    expect((await http.get('/health/live')).status).toBe(200);
    await server.kill();
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
  it('answers what it has accepted, keeps what it answered, and ends with status 0', async () => {
    const { server, data, admin, end } = await freshServer();
    const login = (index: number) => `late.${index}`;
    const answers = Array.from({ length: 20 }, (_, index) =>
      admin
        .post('/api/v1/users', { login: login(index), display_name: 'Late', roles: ['viewer'], reason: 'a test' })
        .catch(() => undefined),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    const exited = server.stop();
    const settled = await Promise.all(answers);
    const made = settled.flatMap((answer, index) => (answer?.status === 201 ? [login(index)] : []));
    // Not connected any more, or told to come again: anything else is an answer that was dropped.
    for (const answer of settled) if (answer) expect([201, 429, 503]).toContain(answer.status);
    expect(made.length).toBeGreaterThan(0);
    expect(await exited).toBe(0);
    const again = Proc.start(['serve', '--port', '0', '--data', data]);
    const { url } = await again.ready();
    const users = await new Http(url, admin.login, admin.password).get<{ users: { login: string }[] }>(
      '/api/v1/users?max_results=1000',
    );
    await again.stop();
    await end();
    expect(users.body.users.map((user) => user.login)).toEqual(expect.arrayContaining(made));
  });
});
