import { join } from 'node:path';
import { OnApplicationShutdown } from '@nestjs/common';
import Database from 'better-sqlite3';
import { Micros, UserId } from '../../core/index.js';
import { openPrivateDatabase, storing } from '../keystore/private-database.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS signing_tickets (
    digest BLOB PRIMARY KEY, user_id TEXT NOT NULL, matter TEXT NOT NULL, identity TEXT NOT NULL,
    expires_at INTEGER NOT NULL, used_at INTEGER
  ) STRICT, WITHOUT ROWID;
`;
const DAY_MICROS = 86_400_000_000;

export interface StoredTicket {
  readonly userId: UserId;
  /** Digest of the meaning, the subject and the dossier that it is for. */
  readonly matter: string;
  /** The link by which the provider's subject is this account. */
  readonly identity: string;
  readonly expiresAt: Micros;
}

/** Tickets from a fresh sign-in at the provider; beside the passwords in `credentials.db`, by their digests only. */
export class TicketStore implements OnApplicationShutdown {
  private constructor(private readonly db: Database.Database) {}

  static open(folder: string): TicketStore {
    return new TicketStore(openPrivateDatabase(join(folder, 'credentials.db'), SCHEMA));
  }

  add(digest: Buffer, { userId, matter, identity, expiresAt }: StoredTicket, now: Micros): void {
    storing('a signing ticket', () => {
      this.db.prepare('DELETE FROM signing_tickets WHERE expires_at < ?').run(now - DAY_MICROS);
      this.db
        .prepare('INSERT INTO signing_tickets (digest, user_id, matter, identity, expires_at) VALUES (?, ?, ?, ?, ?)')
        .run(digest, userId, matter, identity, expiresAt);
    });
  }

  /** One statement, so that of all processes one alone gets it; whoever shows it, right or not, has used it up. */
  take(digest: Buffer, now: Micros): StoredTicket | 'unknown' | 'used' {
    return storing('the use of a signing ticket', () => {
      const taken = this.db
        .prepare<[number, Buffer], StoredTicket>(
          `UPDATE signing_tickets SET used_at = ? WHERE digest = ? AND used_at IS NULL
           RETURNING user_id AS userId, matter, identity, expires_at AS expiresAt`,
        )
        .get(now, digest);
      if (taken) return taken;
      return this.db.prepare('SELECT 1 FROM signing_tickets WHERE digest = ?').get(digest) ? 'used' : 'unknown';
    });
  }

  /** Of somebody who is erased. */
  forgetUser(userId: UserId): void {
    storing('the erasure', () => this.db.prepare('DELETE FROM signing_tickets WHERE user_id = ?').run(userId));
  }

  onApplicationShutdown(): void {
    this.db.close();
  }
}
