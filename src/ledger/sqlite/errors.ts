import { LedgerCorrupted, LedgerUnavailable } from '../port/index.js';

/** What is left of SQLite's error when it comes from the writer's thread. */
export interface SqliteFailure {
  readonly code: string;
  readonly message: string;
}

/** By its code: under Jest, which loads modules once a test file, better-sqlite3 has several classes of error. */
export const isSqliteError = (error: unknown): error is Error & SqliteFailure =>
  typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('SQLITE_');

/** SQLite's errors in the words of the port; any other error as it is. Nobody above ever sees a raw one. */
export function translate(error: unknown, file: string): unknown {
  if (isSqliteError(error)) return ledgerError(error, file);
  // better-sqlite3's own words for a connection that was closed: an answer to a delivery after `close`.
  const closed = (error as Error | undefined)?.message === 'The database connection is not open';
  return closed ? new LedgerUnavailable(`${file} is closed`, 'closed', { cause: error }) : error;
}

/** Runs it with its errors translated. */
export function translated<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translate(error, file);
  }
}

export function ledgerError(failure: SqliteFailure, file: string): LedgerUnavailable | LedgerCorrupted {
  const options: ErrorOptions = { cause: failure };
  // Extended codes refine the first two words: SQLITE_IOERR_FSYNC.
  switch (failure.code.split('_', 2)[1]) {
    case 'FULL':
      return new LedgerUnavailable(
        `the disk of ${file} is full; appends go on when there is space again`,
        'disk-full',
        options,
      );
    case 'READONLY':
    case 'PERM':
      return new LedgerUnavailable(
        `${file} can't be written: the file, its folder or its disk is read-only`,
        'read-only',
        options,
      );
    case 'BUSY':
    case 'LOCKED':
    case 'PROTOCOL':
      return new LedgerUnavailable(`another process keeps ${file} locked`, 'busy', options);
    case 'CANTOPEN':
      return new LedgerUnavailable(
        `${file} can't be opened: is its disk there, and may this user read and write it?`,
        'unreachable',
        options,
      );
    case 'CORRUPT':
    case 'NOTADB':
    case 'FORMAT':
      return corrupted(file, `it is damaged or no SQLite database (${failure.message})`, options);
    case 'CONSTRAINT':
      return corrupted(file, `its indexes contradict its events (${failure.message})`, options);
    default:
      return new LedgerUnavailable(`${file}: ${failure.message} (${failure.code})`, 'io', options);
  }
}

export function corrupted(file: string, what: string, options?: ErrorOptions): LedgerCorrupted {
  const wayOut = 'Nothing was changed in it; keep it, and see "Backup and restore" in docs/operations.md';
  return new LedgerCorrupted(`the log ${file} can't be trusted: ${what}. ${wayOut}`, options);
}

export const unreadable = (file: string, position: number, options?: ErrorOptions): LedgerCorrupted =>
  corrupted(file, `event at position ${position} is not readable`, options);

/** SQLite met a page that makes no sense. */
export const isDamage = (error: unknown): boolean =>
  isSqliteError(error) && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
