import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { ReadModels } from './read-models.js';

/** Node runs this source as it is: its types can simply be left out. */
/** As it was built: a thread loads its modules by Node itself. */
const THREAD = new URL('../../dist/projection/reader.thread.js', import.meta.url);
/** Far longer than anything else here, and no matter how long that is. */
const SLOW = sql<{
  n: number;
}>`WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 5000000) SELECT count(*) AS n FROM up`;

describe('searches in threads', () => {
  let folder: string;
  let file: string;
  let models: ReadModels;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'custody-readers-'));
    file = join(folder, 'read-models.db');
    const db = new Database(file);
    db.pragma('journal_mode = WAL');
    db.exec('CREATE TABLE kept (name TEXT, value REAL, bytes BLOB)');
    db.prepare('INSERT INTO kept VALUES (?, ?, ?), (?, ?, ?)').run(
      'a',
      0.5,
      Buffer.from([0, 255]),
      'é\0b',
      Infinity,
      null,
    );
    db.close();
    models = new ReadModels(file, THREAD);
  });
  afterEach(async () => {
    await models.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const search = (query = sql<object>`SELECT * FROM kept`, of = models) =>
    query.execute(of.searches.db<unknown>()).then(({ rows }) => rows);

  it('answer what the main thread would answer, whatever values go in and come out', async () => {
    const { rows } = await sql<object>`SELECT * FROM kept`.execute(models.db<unknown>());
    expect(JSON.stringify(await search())).toBe(JSON.stringify(rows.map((row) => ({ ...row, bytes: bytesOf(row) }))));
    const bytes = Buffer.from('xy').subarray(1);
    const same = await search(
      sql<object>`SELECT ${'é\0b'} AS a, ${-0.5} AS b, ${null} AS c, ${bytes} = x'79' AS d, ${Infinity} AS e, ${Buffer.alloc(0)} IS NULL AS f`,
    );
    expect(same).toEqual([{ a: 'é\0b', b: -0.5, c: null, d: 1, e: Infinity, f: 0 }]);
  });

  it('see what has been written since', async () => {
    await search();
    const db = new Database(file);
    db.exec("INSERT INTO kept (name) VALUES ('new')");
    db.close();
    expect(await search()).toHaveLength(3);
  });

  it('delay nobody who reads by a key, nor a quick search', async () => {
    await Promise.all([search(), search()]);
    const done: string[] = [];
    const slow = search(SLOW).then(() => done.push('slow'));
    await sql`SELECT 1`.execute(models.db<unknown>()).then(() => done.push('by key'));
    await search().then(() => done.push('quick'));
    await slow;
    expect(done).toEqual(['by key', 'quick', 'slow']);
  });

  it('all get their own answer when there are more of them than threads', async () => {
    const asked = Array.from({ length: 50 }, (_, n) => search(sql<object>`SELECT ${n} AS n`));
    expect(await Promise.all(asked)).toEqual(asked.map((_, n) => [{ n }]));
  });

  it('fail with SQLite’s own error, and the next one is answered', async () => {
    await expect(search(sql<object>`SELECT * FROM nowhere`)).rejects.toMatchObject({
      code: 'SQLITE_ERROR',
      message: expect.stringMatching(/nowhere/),
    });
    await expect(search(sql<object>`DELETE FROM kept RETURNING name`)).rejects.toMatchObject({
      code: 'SQLITE_READONLY',
    });
    expect(await search()).toHaveLength(2);
  });

  it('are answered as unavailable when their thread is lost, and the next one has a new thread', async () => {
    const entry = join(folder, 'dying.mjs');
    const thread = `import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ id, sql }) => (sql === 'SELECT 0' ? process.exit(1) : parentPort.postMessage({ id, rows: [] })));`;
    writeFileSync(entry, thread);
    const mortal = new ReadModels(file, pathToFileURL(entry));
    await expect(search(sql<object>`SELECT 0`, mortal)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'search-interrupted',
    });
    expect(await search(sql<object>`SELECT 1`, mortal)).toEqual([]);
    await mortal.close();
  });

  it('that wait are answered as unavailable when the server stops, and so are later ones', async () => {
    const waiting = Array.from({ length: 5 }, () => search(SLOW));
    const answers = Promise.allSettled(waiting);
    await models.close();
    const refused = { status: 'rejected', reason: expect.objectContaining({ kind: 'unavailable' }) };
    expect(await answers).toEqual(waiting.map(() => refused));
    await expect(search()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

const bytesOf = (row: object): unknown => {
  const bytes: unknown = 'bytes' in row ? row.bytes : null;
  return bytes instanceof Uint8Array ? new Uint8Array(bytes) : bytes;
};
