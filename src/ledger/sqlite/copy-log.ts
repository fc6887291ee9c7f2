import { existsSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { RecordedEvent } from '../../core/index.js';
import { LedgerUnavailable } from '../port/index.js';
import { checkLog } from './check-log.js';
import { corrupted, translate, translated } from './errors.js';
import { COLUMNS, EventRow, toEvent } from './rows.js';
import { APPLICATION_ID, FORMAT, SCHEMA } from './schema.js';

/** Of a log that is not in use: where it ends. */
export interface LogEnd {
  /** How many events, which is the position of the last one. */
  readonly events: number;
  readonly lastId?: string;
  /** Microseconds. */
  readonly lastRecordedAt?: number;
}

type OnProgress = (done: number, of: number) => void;

const BUSY_TIMEOUT_MS = 5000;
const PAGES_AT_ONCE = 2000;
const PAGE = 2000;

/**
 * Copies a SQLite file that others are writing to: what was committed when it began, all of it and no more.
 * The read transaction around it is what makes it end: a copy that others' commits could begin anew would
 * not, on a busy server. Its log of changes grows until then. Never in a process that has the file open.
 */
export async function copyDatabase(
  file: string,
  to: string,
  { onProgress, signal }: { readonly onProgress?: OnProgress; readonly signal?: AbortSignal } = {},
): Promise<void> {
  if (!existsSync(file)) throw new LedgerUnavailable(`there is no ${file}`, 'unreachable');
  let source: Database.Database | undefined;
  try {
    source = new Database(file, { timeout: BUSY_TIMEOUT_MS, fileMustExist: true });
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await source.backup(to, {
      progress: ({ totalPages, remainingPages }) => {
        signal?.throwIfAborted();
        onProgress?.(totalPages - remainingPages, totalPages);
        return PAGES_AT_ONCE;
      },
    });
    // One file, which also a read-only disk can open.
    const copy = new Database(to);
    try {
      copy.pragma('journal_mode = DELETE');
    } finally {
      copy.close();
    }
  } catch (error) {
    throw translate(error, file);
  } finally {
    source?.close();
  }
}

/** A log in a SQLite file of its own out of events from anywhere, each with its id, revision and time. */
export async function writeLog(
  to: string,
  events: AsyncIterable<readonly RecordedEvent[]>,
  onProgress?: (written: number) => void,
): Promise<void> {
  const db = new Database(to);
  try {
    for (const statement of SCHEMA) db.exec(statement);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${FORMAT}`);
    const insert = db.prepare(`INSERT INTO events (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    let position = 0;
    for await (const page of events) {
      db.transaction(() => {
        for (const event of page) insert.run(++position, ...columnsOf(event));
      })();
      onProgress?.(position);
    }
  } catch (error) {
    throw translate(error, to);
  } finally {
    db.close();
  }
}

function columnsOf({ stream, revision, id, type, schema, recordedAt, data, ...event }: RecordedEvent) {
  const { actor, reason, origin, correlationId, causationId } = event;
  const context = JSON.stringify({ actor, reason, origin, correlationId, causationId });
  return [stream, revision, id, type, schema, recordedAt, context, JSON.stringify(data)];
}

/** Where a log ends that nobody uses; checks it as a start of the server would. @throws LedgerCorrupted */
export function endOfLog(file: string): LogEnd {
  return reading(file, (db) => {
    checkLog(db, file);
    const last = db
      .prepare<[], { position: number; id: string; recorded_at: number }>(
        'SELECT position, id, recorded_at FROM events ORDER BY position DESC LIMIT 1',
      )
      .get();
    return last ? { events: last.position, lastId: last.id, lastRecordedAt: last.recorded_at } : { events: 0 };
  });
}

/** Whether all of its pages and both of its indexes are sound, and no position is missing. @throws LedgerCorrupted */
export function checkWholeLog(file: string): void {
  reading(file, (db) => {
    checkLog(db, file);
    const [problem] = db.pragma('integrity_check(1)') as { integrity_check: string }[];
    if (problem?.integrity_check !== 'ok') throw corrupted(file, String(problem?.integrity_check));
    const [count, last] = db.prepare('SELECT count(*), coalesce(max(position), 0) FROM events').raw().get() as number[];
    if (count !== last) throw corrupted(file, `it has ${count} events and ends at ${last}`);
  });
}

/** How many events had been recorded at this moment; times never go back along the log. */
export function eventsUntil(file: string, micros: number): number {
  return reading(file, (db) => {
    const time = db.prepare<[number], number>('SELECT recorded_at FROM events WHERE position = ?').pluck();
    let [least, most] = [0, db.prepare<[], number>('SELECT coalesce(max(position), 0) FROM events').pluck().get()!];
    while (least < most) {
      const middle = Math.ceil((least + most) / 2);
      if (time.get(middle)! <= micros) least = middle;
      else most = middle - 1;
    }
    return least;
  });
}

/** The events of a log that nobody uses, in order and in pages. */
export function* eventsOf(file: string): Generator<readonly RecordedEvent[]> {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const next = db
      .prepare<[number], EventRow>(`SELECT ${COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ${PAGE}`)
      .raw();
    for (let after = 0; ;) {
      const page = translated(file, () => next.all(after)).map((row) => toEvent(row, file));
      if (page.length === 0) return;
      yield page;
      after = page.at(-1)!.position;
    }
  } finally {
    db.close();
  }
}

/**
 * Leaves the first events of a log and nothing of the others, not even in free pages. Only ever of a copy that
 * is being made: the trigger that forbids it is back, word for word, before anybody else sees the file.
 */
export function cutLog(file: string, events: number): void {
  const [, , deletion] = SCHEMA;
  translated(file, () => {
    const db = new Database(file, { fileMustExist: true });
    try {
      db.pragma('journal_mode = DELETE');
      db.transaction(() => {
        db.exec('DROP TRIGGER events_are_never_deleted');
        db.prepare('DELETE FROM events WHERE position > ?').run(events);
        db.exec(deletion!);
      })();
      db.exec('VACUUM');
      checkLog(db, file);
    } finally {
      db.close();
    }
  });
}

/** A copy becomes a log that a server can use. */
export function readyLog(file: string): void {
  translated(file, () => {
    const db = new Database(file, { fileMustExist: true });
    try {
      checkLog(db, file);
      db.pragma('journal_mode = WAL');
    } finally {
      db.close();
    }
    for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  });
}

function reading<T>(file: string, look: (db: Database.Database) => T): T {
  return translated(file, () => {
    if (!existsSync(file)) throw new LedgerUnavailable(`there is no ${file}`, 'unreachable');
    const db = new Database(file, { readonly: true, fileMustExist: true });
    try {
      return look(db);
    } finally {
      db.close();
    }
  });
}
