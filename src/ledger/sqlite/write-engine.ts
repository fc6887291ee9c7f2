import Database from 'better-sqlite3';
import { Group, Outcome } from './group.js';
import { FORMAT } from './schema.js';
import { WriteConnection } from './write-connection.js';

/** Makes a full disk for tests: a limit to the file's pages, looked at whenever the writer opens the file. */
export interface Quota {
  maxPages: number | undefined;
}

/**
 * All writing to the log, synchronous, on a connection of its own. A group is one transaction, made
 * durable by one fsync: all of its appends are in the log when `write` returns, and none when it throws.
 * (After a failed fsync SQLite can't know what reached the disk; a caller that then retries with the same
 * ids gets one write either way.)
 */
export class WriteEngine {
  private connection: WriteConnection | undefined;

  constructor(
    private readonly file: string,
    private readonly quota?: Quota,
  ) {}

  write(group: Group): readonly Outcome[] {
    return this.transaction((connection) => connection.append(group));
  }

  /** A real write that says nothing: the format number once more. Only so a full or read-only disk is found. */
  probe(): void {
    this.transaction(({ db }) => db.pragma(`user_version = ${FORMAT}`));
  }

  close(): void {
    this.connection?.db.close();
    this.connection = undefined;
  }

  /** A connection that has failed is given up: SQLite keeps a file that it had to open read-only so, for one. */
  private transaction<T>(work: (connection: WriteConnection) => T): T {
    this.connection ??= new WriteConnection(this.file, this.quota?.maxPages);
    const { db } = this.connection;
    try {
      db.exec('BEGIN IMMEDIATE');
      const result = work(this.connection);
      // SQLite would commit, and we acknowledge, to a file that nobody can find again.
      if (this.connection.isOrphaned()) {
        throw new Database.SqliteError(`${this.file} was moved or deleted while it is in use`, 'SQLITE_CANTOPEN');
      }
      db.exec('COMMIT');
      return result;
    } catch (error) {
      this.close();
      throw error;
    }
  }
}
