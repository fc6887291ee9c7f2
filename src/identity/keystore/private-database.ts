import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { CustodyError, errors } from '../../core/index.js';

/**
 * A SQLite file for secrets: readable by its owner only, deleted content overwritten, every commit durable,
 * shared by several processes.
 */
export function openPrivateDatabase(file: string, schema: string): Database.Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // SQLite gives its journal files the mode of the database file.
  closeSync(openSync(file, 'a', 0o600));
  if (process.platform !== 'win32') chmodSync(file, 0o600);
  const db = new Database(file, { timeout: 5000 });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('secure_delete = ON');
    db.exec(schema);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Moves everything into the main file and empties the journal, so that no old page keeps what was deleted. */
export function scrubJournal(db: Database.Database): boolean {
  const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
  return result?.busy === 0;
}

/** A full or read-only disk comes back; it is not the caller's fault and not a bug. */
export function storing<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    if (error instanceof CustodyError || !code.startsWith('SQLITE_')) throw error;
    const unavailable = errors.unavailable(
      'keys-unavailable',
      `${what} can't be stored now (${code}); nothing was recorded`,
    );
    unavailable.cause = error;
    throw unavailable;
  }
}
