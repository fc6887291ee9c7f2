import { join } from 'node:path';
import { OnApplicationShutdown } from '@nestjs/common';
import Database from 'better-sqlite3';
import { Micros, UserId } from '../../core/index.js';
import { openPrivateDatabase, storing } from '../keystore/private-database.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sessions (
    session_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, digest BLOB NOT NULL UNIQUE,
    started_at INTEGER NOT NULL, last_used_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS sessions_of_user ON sessions (user_id);
`;
const DAY_MICROS = 86_400_000_000;
/** So long it is still known whose a cookie was that comes after its session's end. */
const KEPT_MICROS = 90 * DAY_MICROS;

export interface StoredSession {
  readonly sessionId: string;
  readonly userId: UserId;
  readonly lastUsedAt: Micros;
}

/**
 * What cookies are checked against, and when each was last used; beside the passwords in `credentials.db`. A row
 * opens nothing by itself: a session counts only while the account's own stream has it as started and not ended.
 */
export class SessionStore implements OnApplicationShutdown {
  private readonly find: Database.Statement<[Buffer], StoredSession>;
  private readonly use: Database.Statement<[number, string]>;

  private constructor(private readonly db: Database.Database) {
    const columns = 'session_id AS sessionId, user_id AS userId, last_used_at AS lastUsedAt';
    this.find = db.prepare(`SELECT ${columns} FROM sessions WHERE digest = ?`);
    this.use = db.prepare('UPDATE sessions SET last_used_at = max(last_used_at, ?) WHERE session_id = ?');
  }

  static open(folder: string): SessionStore {
    return new SessionStore(openPrivateDatabase(join(folder, 'credentials.db'), SCHEMA));
  }

  add(sessionId: string, userId: UserId, digest: Buffer, now: Micros): void {
    storing('a session', () => {
      this.db.prepare('DELETE FROM sessions WHERE last_used_at < ?').run(now - KEPT_MICROS);
      this.db
        .prepare('INSERT INTO sessions (session_id, user_id, digest, started_at, last_used_at) VALUES (?, ?, ?, ?, ?)')
        .run(sessionId, userId, digest, now, now);
    });
  }

  byDigest(digest: Buffer): StoredSession | undefined {
    return this.find.get(digest);
  }

  ownerOf(sessionId: string): UserId | undefined {
    return this.db
      .prepare<[string], { userId: UserId }>('SELECT user_id AS userId FROM sessions WHERE session_id = ?')
      .get(sessionId)?.userId;
  }

  /** By session. */
  lastUses(userId: UserId): ReadonlyMap<string, Micros> {
    const rows = this.db
      .prepare<[string], StoredSession>(
        'SELECT session_id AS sessionId, user_id AS userId, last_used_at AS lastUsedAt FROM sessions WHERE user_id = ?',
      )
      .all(userId);
    return new Map(rows.map(({ sessionId, lastUsedAt }) => [sessionId, lastUsedAt]));
  }

  used(sessionId: string, now: Micros): void {
    storing('the use of a session', () => this.use.run(now, sessionId));
  }

  remove(sessionId: string): void {
    this.db.prepare('DELETE FROM sessions WHERE session_id = ?').run(sessionId);
  }

  /** Of somebody who is erased. */
  forgetUser(userId: UserId): void {
    storing('the erasure', () => this.db.prepare('DELETE FROM sessions WHERE user_id = ?').run(userId));
  }

  onApplicationShutdown(): void {
    this.db.close();
  }
}
