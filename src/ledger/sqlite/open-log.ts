import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, realpathSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { LedgerUnavailable } from '../port/index.js';
import { checkLog } from './check-log.js';
import { corrupted, isSqliteError, translate } from './errors.js';
import { APPLICATION_ID, FORMAT, SCHEMA } from './schema.js';

/** How long to wait for a process that is committing. */
const BUSY_TIMEOUT_MS = 5000;
/** 16 MiB of log in the WAL before it is copied into the file: less copying of pages that are still growing. */
const CHECKPOINT_PAGES = 4000;

/** Every connection to a log has these settings; durability is `synchronous = FULL`, an fsync of the WAL at each commit. */
export function connect(file: string): Database.Database {
  // Never made anew here: a log that has vanished under a running server is a failure, not an empty log.
  if (!existsSync(file)) throw new Database.SqliteError(`${file} does not exist`, 'SQLITE_CANTOPEN');
  const db = new Database(file, { timeout: BUSY_TIMEOUT_MS, fileMustExist: true });
  try {
    db.pragma('synchronous = FULL');
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    db.pragma('trusted_schema = OFF');
    db.pragma('cell_size_check = ON');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Makes the log if there is none, checks it, and leaves a connection that only reads (the file itself
 * must be writable: a log that can't be appended to is told at the start, not at the first append).
 */
export function openLog(file: string): Database.Database {
  let db: Database.Database | undefined;
  try {
    touch(file);
    db = connect(file);
    if (isEmpty(db)) create(db, file);
    checkLog(db, file);
    assertWritable(db);
    db.pragma('query_only = ON');
    return db;
  } catch (error) {
    db?.close();
    throw besideReadOnly(error, file) ?? translate(error, file);
  }
}

/**
 * Only while there is none: once SQLite has the file nobody else in the process may open it, because
 * closing any descriptor of a file drops all POSIX locks that the process has on it.
 */
function touch(file: string): void {
  if (existsSync(file)) return;
  try {
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(file, 'a'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = isReadOnly(error) ? 'read-only' : code === 'ENOSPC' ? 'disk-full' : 'unreachable';
    throw new LedgerUnavailable(`the log ${file} can't be made: ${(error as Error).message}`, why, { cause: error });
  }
}

const isReadOnly = (error: unknown): boolean =>
  ['EACCES', 'EROFS', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code));

/** On a read-only disk SQLite can't make its files beside the log, and only says that it can't open something. */
function besideReadOnly(error: unknown, file: string): LedgerUnavailable | undefined {
  if (!isSqliteError(error) || !error.code.startsWith('SQLITE_CANTOPEN') || !existsSync(file)) return undefined;
  const folder = dirname(realpathSync(file));
  if (isWritable(folder)) return undefined;
  const why = `its folder ${folder} or its disk is read-only, and the log can't be used without files beside it`;
  return new LedgerUnavailable(`${file} can't be opened: ${why}`, 'read-only', { cause: error });
}

/** By doing it: access(2) judges the user who started the process, not the one it runs as. */
function isWritable(folder: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(folder, '.writable-')));
    return true;
  } catch (error) {
    return !isReadOnly(error);
  }
}

/** A write that is taken back: BEGIN IMMEDIATE alone is content with a read-only file. */
function assertWritable(db: Database.Database): void {
  db.exec('BEGIN IMMEDIATE');
  db.pragma(`user_version = ${FORMAT}`);
  db.exec('ROLLBACK');
}

/** An empty file is what a crash between making the file and its schema leaves; anything else is somebody's. */
function isEmpty(db: Database.Database): boolean {
  const marks = [db.pragma('application_id', { simple: true }), db.pragma('user_version', { simple: true })];
  return marks.every((mark) => mark === 0) && db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
}

function create(db: Database.Database, file: string): void {
  // Before the transaction, as SQLite asks for. It stays in the file.
  const mode = db.pragma('journal_mode = WAL', { simple: true });
  if (mode !== 'wal') throw corrupted(file, `its disk does not allow a write-ahead log (journal mode ${String(mode)})`);
  db.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have been first.
    if (isEmpty(db)) {
      for (const statement of SCHEMA) db.exec(statement);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${FORMAT}`);
    }
    db.exec('COMMIT');
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK');
  }
}
