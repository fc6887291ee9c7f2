import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Micros } from '../../core/index.js';
import { Checkpoint } from '../checkpoint.js';
import { addSignatures } from '../note/index.js';

/** A checkpoint as it was issued. */
export interface IssuedCheckpoint extends Checkpoint {
  /** Counts from 1. */
  readonly number: number;
  /** The signed note, with the cosignatures that have come since. */
  readonly note: string;
  readonly issuedAt: Micros;
}

/** A key that the log has signed with. */
export interface KnownKey {
  readonly vkey: string;
  readonly introducedAt: Micros;
  /** From then on it does not sign; nothing while it is in use. */
  readonly retiresAt: Micros | null;
}

interface Row {
  readonly number: number;
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
  readonly issuedAt: Micros;
}

const keep = (what: string, table: string) =>
  `CREATE TRIGGER IF NOT EXISTS ${table}_${what.toLowerCase()} BEFORE ${what} ON ${table}
    BEGIN SELECT RAISE(ABORT, 'what was signed is kept'); END;`;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS origin (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS checkpoint (number INTEGER PRIMARY KEY AUTOINCREMENT, size INTEGER NOT NULL,
    root BLOB NOT NULL, note TEXT NOT NULL, issued_at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS checkpoint_size ON checkpoint (size);
  CREATE TABLE IF NOT EXISTS cosignature (checkpoint INTEGER NOT NULL REFERENCES checkpoint, line TEXT NOT NULL,
    PRIMARY KEY (checkpoint, line)) STRICT;
  CREATE TABLE IF NOT EXISTS log_key (vkey TEXT PRIMARY KEY, introduced_at INTEGER NOT NULL, retires_at INTEGER) STRICT;
  ${keep('UPDATE', 'checkpoint')} ${keep('DELETE', 'checkpoint')} ${keep('UPDATE', 'origin')} ${keep('DELETE', 'log_key')}`;

const COLUMNS = 'number, size, root, note, issued_at AS issuedAt';

/**
 * Every checkpoint that was ever signed, with its cosignatures; kept for good, because they are what a
 * later log is held against. Not derived from anything: it belongs into every backup.
 */
export class CheckpointStore {
  private constructor(private readonly db: Database.Database) {}

  static open(file: string): CheckpointStore {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    const db = new Database(file, { timeout: 5000 });
    try {
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      db.exec(SCHEMA);
      return new CheckpointStore(db);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  get origin(): string | undefined {
    return this.db.prepare<[], string>('SELECT name FROM origin').pluck().get();
  }

  /** Once and for all. Answers the one that holds: another process may have been first. */
  nameOrigin(name: string): string {
    this.db.prepare('INSERT INTO origin VALUES (1, ?) ON CONFLICT DO NOTHING').run(name);
    return this.origin!;
  }

  latest(): IssuedCheckpoint | undefined {
    const row = this.db.prepare<[], Row>(`SELECT ${COLUMNS} FROM checkpoint ORDER BY number DESC LIMIT 1`).get();
    return row && this.issued(row);
  }

  /** The latest one of a tree of that size. */
  ofSize(size: number): IssuedCheckpoint | undefined {
    const sql = `SELECT ${COLUMNS} FROM checkpoint WHERE size = ? ORDER BY number DESC LIMIT 1`;
    const row = this.db.prepare<[number], Row>(sql).get(size);
    return row && this.issued(row);
  }

  /** One page, the newest first. */
  list(limit: number, before: number = Number.MAX_SAFE_INTEGER): readonly IssuedCheckpoint[] {
    const sql = `SELECT ${COLUMNS} FROM checkpoint WHERE number < ? ORDER BY number DESC LIMIT ?`;
    const rows = this.db.prepare<[number, number], Row>(sql).all(before, limit);
    return rows.map((row) => this.issued(row));
  }

  /** All, the oldest first, one at a time: for exports. */
  *all(): Generator<IssuedCheckpoint> {
    const next = this.db.prepare<[number], Row>(`SELECT ${COLUMNS} FROM checkpoint WHERE number > ? LIMIT 1`);
    for (let row = next.get(0); row; row = next.get(row.number)) yield this.issued(row);
  }

  signedBeyond(size: number): readonly Checkpoint[] {
    const sql = `SELECT ${COLUMNS} FROM checkpoint WHERE size > ? ORDER BY size, number`;
    const origin = this.origin ?? '';
    return this.db
      .prepare<[number], Row>(sql)
      .all(size)
      .map((row) => ({ origin, size: row.size, root: row.root }));
  }

  /**
   * Alone with the store, also among processes: what `work` looks at does not change before it has added.
   * Nothing is kept when it throws.
   */
  exclusively<T>(work: () => T): T {
    return this.db.transaction(work).immediate();
  }

  add({ size, root }: Checkpoint, note: string, issuedAt: Micros): IssuedCheckpoint {
    this.db
      .prepare('INSERT INTO checkpoint (size, root, note, issued_at) VALUES (?, ?, ?, ?)')
      .run(size, root, note, issuedAt);
    return this.latest()!;
  }

  /** Lines of witnesses, for a checkpoint that has been issued. @throws NoteError for what is no signature line */
  addCosignatures(number: number, lines: readonly string[]): void {
    addSignatures(this.noteOf(number), ...lines);
    const insert = this.db.prepare('INSERT INTO cosignature VALUES (?, ?) ON CONFLICT DO NOTHING');
    this.exclusively(() => lines.forEach((line) => insert.run(number, line.endsWith('\n') ? line : `${line}\n`)));
  }

  keys(): readonly KnownKey[] {
    const sql =
      'SELECT vkey, introduced_at AS introducedAt, retires_at AS retiresAt FROM log_key ORDER BY introduced_at';
    return this.db.prepare<[], KnownKey>(sql).all();
  }

  /** Notes a key, or until when it signs. */
  noteKey({ vkey, introducedAt, retiresAt }: KnownKey): void {
    this.db
      .prepare('INSERT INTO log_key VALUES (?, ?, ?) ON CONFLICT (vkey) DO UPDATE SET retires_at = excluded.retires_at')
      .run(vkey, introducedAt, retiresAt);
  }

  close(): void {
    this.db.close();
  }

  private noteOf(number: number): string {
    const note = this.db.prepare<[number], string>('SELECT note FROM checkpoint WHERE number = ?').pluck().get(number);
    if (note === undefined) throw new RangeError(`there is no checkpoint ${number}`);
    return note;
  }

  private issued({ number, size, root, note, issuedAt }: Row): IssuedCheckpoint {
    const lines = this.db
      .prepare<[number], string>('SELECT line FROM cosignature WHERE checkpoint = ? ORDER BY rowid')
      .pluck()
      .all(number);
    return { number, origin: this.origin ?? '', size, root, note: addSignatures(note, ...lines), issuedAt };
  }
}
