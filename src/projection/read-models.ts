import { createHash } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Kysely } from 'kysely';
import { Position, START } from '../core/index.js';
import { keptStatements } from './kept-statements.js';
import { Projection } from './projection.js';
import { Readers, readerThread } from './readers.js';
import { Queries, queriesOver } from './reading.js';
import { Prepared, Row, sqlBuilder } from './statements.js';

const SCRUB_PAUSE_MS = 500;

/**
 * The file that holds all read models and their one checkpoint. Disposable: when it was built by another
 * version of the projections, from another log, or is damaged, it is thrown away and built anew.
 */
export class ReadModelFile {
  /** Indexes that `settle` has to make, as their SQL. */
  private deferred: readonly string[] = [];
  private inHurry = false;
  private scrubAgainAt = 0;
  private toScrub: Database.Statement<[], { value: string }> | undefined;

  private constructor(
    readonly file: string,
    readonly db: Database.Database,
  ) {}

  /** Why the file can't be used as it is; `undefined` when it can. */
  static unusable(file: string, projections: readonly Projection[], logId: string | undefined): string | undefined {
    let db: Database.Database;
    try {
      db = new Database(file, { readonly: true, fileMustExist: true });
    } catch {
      return 'there are no read models yet';
    }
    try {
      const meta = db.prepare<[], { key: string; value: string }>('SELECT key, value FROM custody_meta').all();
      const get = (key: string) => meta.find((row) => row.key === key)?.value;
      if (get('signature') !== signatureOf(projections))
        return 'the read models were built by another version of Custody';
      if (Number(get('checkpoint')) > 0 && get('log') !== logId) return 'the read models were built from another log';
      return undefined;
    } catch {
      return 'the file of the read models is damaged';
    } finally {
      db.close();
    }
  }

  static create(file: string, projections: readonly Projection[]): ReadModelFile {
    remove(file);
    const db = new Database(file);
    db.pragma('journal_mode = WAL');
    db.transaction(() => {
      db.exec('CREATE TABLE custody_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID');
      const ddl = sqlBuilder<unknown>().schema;
      for (const projection of projections) for (const { sql } of projection.schema(ddl)) db.exec(sql);
      const put = db.prepare('INSERT INTO custody_meta (key, value) VALUES (?, ?)');
      put.run('signature', signatureOf(projections));
      put.run('checkpoint', '0');
      put.run('log', '');
    })();
    return ReadModelFile.open(file, db);
  }

  static open(file: string, db = new Database(file, { fileMustExist: true })): ReadModelFile {
    // Losing the last transactions in a crash is fine: the checkpoint goes back with them.
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('cache_size = -65536');
    return new ReadModelFile(file, db);
  }

  get checkpoint(): Position {
    const row = this.db.prepare<[], { value: string }>("SELECT value FROM custody_meta WHERE key = 'checkpoint'").get();
    return Number(row?.value ?? START) as Position;
  }

  /**
   * For a file that is thrown away when building it fails: no journal, no flushes, nobody else looks.
   * `settle` makes it an ordinary one again, and makes the indexes in one go: sorting once is cheaper than
   * keeping order all the time. (They are for readers; projections themselves find rows by their keys.)
   */
  hurry(): void {
    this.inHurry = true;
    // SQLite refuses to switch its journal off unless it is told that this is meant.
    this.db.unsafeMode(true);
    this.db.pragma('journal_mode = OFF');
    this.db.pragma('synchronous = OFF');
    this.db.pragma('locking_mode = EXCLUSIVE');
    this.db.pragma('cache_size = -262144');
    const indexes = this.db
      .prepare<[], { name: string; sql: string }>(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql LIKE 'CREATE INDEX%' ORDER BY rowid",
      )
      .all();
    for (const { name } of indexes) this.db.exec(`DROP INDEX "${name}"`);
    this.deferred = indexes.map(({ sql }) => sql);
  }

  settle(): void {
    for (const sql of this.deferred) this.db.exec(sql);
    this.deferred = [];
    this.db.pragma('locking_mode = NORMAL');
    this.db.pragma('synchronous = FULL');
    this.db.pragma('journal_mode = WAL');
    this.db.unsafeMode(false);
    this.inHurry = false;
  }

  /** Inside the transaction that takes personal data out of the tables: a crash before `scrub` does not lose it. */
  mustScrub(): void {
    this.db.prepare("INSERT OR REPLACE INTO custody_meta (key, value) VALUES ('scrub', '1')").run();
  }

  /**
   * Writes the whole file anew when personal data was taken out of it: SQLite leaves old bytes in pages that it
   * does not use, and in its journal while somebody reads. Answers whether it is clean; otherwise it is tried
   * again, also after a restart.
   */
  scrub(): boolean {
    if (this.inHurry || !this.isToScrub()) return !this.inHurry;
    if (performance.now() < this.scrubAgainAt) return false;
    this.scrubAgainAt = performance.now() + SCRUB_PAUSE_MS;
    try {
      this.db.exec('VACUUM');
      const [result] = this.db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
      if (result?.busy !== 0) return false;
    } catch (error) {
      if (/^SQLITE_(BUSY|FULL|LOCKED|IOERR)/.test(String((error as { code?: unknown }).code))) return false;
      throw error;
    }
    this.db.prepare("DELETE FROM custody_meta WHERE key = 'scrub'").run();
    this.scrubAgainAt = 0;
    return true;
  }

  private isToScrub(): boolean {
    this.toScrub ??= this.db.prepare<[], { value: string }>("SELECT value FROM custody_meta WHERE key = 'scrub'");
    return this.toScrub.get() !== undefined;
  }

  /** Moves the finished file to where readers look for it. Both must be closed. */
  static replace(built: string, target: string): void {
    // What belongs to the old file must not be taken for the new one's; the file itself is replaced in one step.
    for (const suffix of ['-wal', '-shm']) rmSync(target + suffix, { force: true });
    renameSync(built, target);
  }

  close(): void {
    this.db.close();
  }
}

export function removeReadModels(file: string): void {
  remove(file);
}

function remove(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
}

function signatureOf(projections: readonly Projection[]): string {
  const ddl = sqlBuilder<unknown>().schema;
  const parts = projections.map(({ name, version, schema }) => [name, version, schema(ddl).map(({ sql }) => sql)]);
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** The readers' side: queries over the read models, on connections that can't write. */
export class ReadModels implements Queries {
  private readonly connection: Database.Database;
  private readonly here: Queries;
  private readonly readers: Readers | undefined;
  /**
   * For what may look at every row there is: in threads of their own, so that nobody else waits. What
   * comes by its key is quicker asked here. Without `thread`, both are the same.
   */
  readonly searches: Queries;

  constructor(file: string, thread: URL | undefined = readerThread()) {
    this.connection = new Database(file, { readonly: true, fileMustExist: true });
    this.connection.pragma('cache_size = -65536');
    const prepare = keptStatements(this.connection);
    this.here = queriesOver((sql, parameters) => prepare(sql).all(...parameters));
    const readers = thread && new Readers(file, thread);
    this.readers = readers;
    this.searches = readers ? queriesOver((sql, parameters) => readers.ask(sql, parameters)) : this;
  }

  db<Schema>(): Kysely<Schema> {
    return this.here.db<Schema>();
  }

  all<Result>(query: Prepared<Result>, values?: Row): Promise<readonly Result[]> {
    return this.here.all(query, values);
  }

  /** What happened up to here is in them. */
  async checkpoint(): Promise<Position> {
    const meta = this.db<{ custody_meta: { key: string; value: string } }>().selectFrom('custody_meta');
    const row = await meta.select('value').where('key', '=', 'checkpoint').executeTakeFirst();
    return Number(row?.value ?? START) as Position;
  }

  async close(): Promise<void> {
    this.connection.close();
    await this.readers?.close();
  }
}
