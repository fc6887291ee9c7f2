import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { LedgerCorrupted } from '../port/index.js';
import { corrupted, isDamage, translate } from './errors.js';
import { COLUMNS, EventRow, toEvent } from './rows.js';
import { APPLICATION_ID, FORMAT, SCHEMA } from './schema.js';
import type { RecordedEvent } from '../../core/index.js';

/** What is at a place of the log: an event, or why there is none to be read. */
export interface LoggedRow {
  readonly position: number;
  readonly event?: RecordedEvent;
  readonly problem?: string;
}

const PAGE = 1000;
/** A page ends early at this many characters. */
const PAGE_CHARACTERS = 16 * 1024 * 1024;

/**
 * A log as somebody found it, for looking at: nothing is written, and nothing is expected of it but that it is a log.
 * Damage is told and not thrown, so that an auditor sees all of it.
 */
export class LogFile {
  private constructor(
    private readonly db: Database.Database,
    readonly file: string,
  ) {}

  /** @throws LedgerCorrupted when it is no log of ours, LedgerUnavailable when it can't be opened */
  static open(file: string): LogFile {
    if (!existsSync(file)) throw Object.assign(new Error(`ENOENT: there is no ${file}`), { code: 'ENOENT' });
    let db: Database.Database | undefined;
    try {
      db = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 });
      db.pragma('trusted_schema = OFF');
      db.pragma('cell_size_check = ON');
      assertLog(db, file);
      return new LogFile(db, file);
    } catch (error) {
      db?.close();
      throw translate(error, file);
    }
  }

  /** In words, when its table or its triggers are not as Custody makes them. */
  schemaProblem(): string | undefined {
    const found = this.db
      .prepare<[], string>(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
      )
      .pluck()
      .all();
    if (found.length === SCHEMA.length && SCHEMA.every((statement) => found.includes(statement))) return undefined;
    return 'its table or the triggers that keep it append-only were changed, so somebody could change events in it';
  }

  /** Tells logs apart. */
  firstId(): string | undefined {
    return this.db.prepare<[], string>('SELECT id FROM events ORDER BY position LIMIT 1').pluck().get();
  }

  head(): number {
    return this.db.prepare<[], number>('SELECT coalesce(max(position), 0) FROM events').pluck().get()!;
  }

  /** All there is, in order; ends at damage, which it tells. Each page is a statement of its own. */
  *pages(upTo: number = Number.MAX_SAFE_INTEGER): Generator<readonly LoggedRow[]> {
    const rows = this.db
      .prepare<[number, number], EventRow>(
        `SELECT ${COLUMNS} FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ${PAGE}`,
      )
      .raw();
    for (let last = -Infinity, first = true; ; first = false) {
      const page: LoggedRow[] = [];
      const damage = this.read(rows, first ? Number.MIN_SAFE_INTEGER : last, upTo, page);
      if (damage !== undefined)
        page.push({ position: (page.at(-1)?.position ?? Math.max(last, 0)) + 1, problem: damage });
      if (page.length === 0) return;
      yield page;
      if (damage !== undefined) return;
      last = page.at(-1)!.position;
    }
  }

  close(): void {
    this.db.close();
  }

  private read(
    rows: Database.Statement<[number, number], EventRow>,
    after: number,
    upTo: number,
    page: LoggedRow[],
  ): string | undefined {
    try {
      let characters = 0;
      for (const row of rows.iterate(after, upTo)) {
        page.push(this.rowOf(row));
        characters += row[7].length + row[8].length;
        if (characters >= PAGE_CHARACTERS) break;
      }
      return undefined;
    } catch (error) {
      if (!isDamage(error)) throw translate(error, this.file);
      return `the file is damaged from here on (${(error as Error).message})`;
    }
  }

  private rowOf(row: EventRow): LoggedRow {
    try {
      return { position: row[0], event: toEvent(row, this.file) };
    } catch (error) {
      if (!(error instanceof LedgerCorrupted)) throw error;
      return { position: row[0], problem: 'its JSON is none any more' };
    }
  }
}

function assertLog(db: Database.Database, file: string): void {
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID)
    throw corrupted(file, 'it is a SQLite database, but not a log of Custody');
  const format = db.pragma('user_version', { simple: true }) as number;
  if (format !== FORMAT)
    throw corrupted(file, `its format ${format} is not the one that this version reads (${FORMAT})`);
}
