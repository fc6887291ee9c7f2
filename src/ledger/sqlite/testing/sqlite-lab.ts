import Database from 'better-sqlite3';
import { systemClock } from '../../../core/index.js';
import { Ledger } from '../../port/index.js';
import { openSqliteLedger, SqliteLedgerOptions } from '../open-sqlite-ledger.js';
import { temporaryFolder } from './temporary-folder.js';

/** One log in a folder of its own, its ledgers, and a SQLite prompt on it as somebody with a shell has. */
export class SqliteLab {
  readonly folder = temporaryFolder();
  readonly file = this.folder.path('log.db');
  private readonly ledgers: Ledger[] = [];

  async open(options: Partial<SqliteLedgerOptions> = {}): Promise<Ledger> {
    const ledger = await openSqliteLedger({ file: this.file, clock: systemClock, ...options });
    this.ledgers.push(ledger);
    return ledger;
  }

  /** Runs `work` on a plain connection to the log, or to another file of the folder. */
  prompt<T>(work: (db: Database.Database) => T, file = this.file): T {
    const db = new Database(file);
    try {
      return work(db);
    } finally {
      db.close();
    }
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.ledgers.splice(0).map((ledger) => ledger.close()));
  }

  async dispose(): Promise<void> {
    await this.closeAll();
    this.folder.remove();
  }
}

/** What must be true of every log, whatever happened to it; asked of SQLite itself. */
export function expectSound(db: Database.Database): void {
  const problems = [
    ...db
      .prepare('PRAGMA integrity_check')
      .pluck()
      .all()
      .filter((line) => line !== 'ok'),
    ...db
      .prepare(
        'SELECT position FROM (SELECT position, row_number() OVER (ORDER BY position) AS place FROM events) WHERE position <> place',
      )
      .all(),
    ...db
      .prepare(
        'SELECT stream, revision FROM (SELECT stream, revision, row_number() OVER (PARTITION BY stream ORDER BY position) - 1 AS place FROM events) WHERE revision <> place',
      )
      .all(),
    ...db
      .prepare(
        'SELECT position FROM (SELECT position, recorded_at, lag(recorded_at) OVER (ORDER BY position) AS before FROM events) WHERE recorded_at < before',
      )
      .all(),
  ];
  if (problems.length > 0) throw new Error(`the log is not sound: ${JSON.stringify(problems.slice(0, 5))}`);
}
