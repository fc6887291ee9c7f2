import { join } from 'node:path';
import Database from 'better-sqlite3';

const FOLDER = 'in-use.lock';

/**
 * Servers share a data folder; a rebuild of its read models needs it alone. The lock is SQLite's own on a
 * file of its own, so the operating system gives it back when a process dies.
 */
export class DataFolderLock {
  private constructor(private readonly db: Database.Database) {}

  static shared(data: string): DataFolderLock | undefined {
    return DataFolderLock.take(data, FOLDER, (db) => {
      db.exec('BEGIN');
      db.prepare('SELECT count(*) FROM sqlite_schema').get();
    });
  }

  /** Another `name` is another lock. */
  static exclusive(data: string, name = FOLDER): DataFolderLock | undefined {
    return DataFolderLock.take(data, name, (db) => db.exec('BEGIN EXCLUSIVE'));
  }

  private static take(data: string, name: string, lock: (db: Database.Database) => void): DataFolderLock | undefined {
    const db = new Database(join(data, name), { timeout: 200 });
    try {
      lock(db);
      return new DataFolderLock(db);
    } catch (error) {
      db.close();
      if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return undefined;
      throw error;
    }
  }

  release(): void {
    this.db.close();
  }
}
