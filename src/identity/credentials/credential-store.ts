import { join } from 'node:path';
import { OnApplicationShutdown } from '@nestjs/common';
import Database from 'better-sqlite3';
import { UserId } from '../../core/index.js';
import { openPrivateDatabase, scrubJournal, storing } from '../keystore/private-database.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS passwords (
    verifier_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, hash TEXT NOT NULL, created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS passwords_of_user ON passwords (user_id);
  CREATE TABLE IF NOT EXISTS tokens (
    token_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, digest BLOB UNIQUE
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS token_secrets (
    secret_id TEXT PRIMARY KEY, token_id TEXT NOT NULL, user_id TEXT NOT NULL, digest BLOB UNIQUE
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS secrets_of_token ON token_secrets (token_id);
`;

export interface TokenOwner {
  readonly tokenId: string;
  /** Which of the token's secrets it was. The first one is called like the token. */
  readonly secretId: string;
  readonly userId: UserId;
}

/** Leftovers of commands that never finished are swept after this time, in microseconds. */
const LEFTOVER_MICROS = 3_600_000_000;

/**
 * What passwords and tokens are checked against. It says nothing about who may sign in: a row counts only
 * while the user's own stream names its id. So a row without its event (a crash in between, a copy from
 * another day) opens nothing, and an event without its row locks out rather than lets in.
 */
export class CredentialStore implements OnApplicationShutdown {
  private readonly byDigest: Database.Statement<{ digest: Buffer }, TokenOwner>;
  private readonly byVerifier: Database.Statement<[string, string], { hash: string }>;

  private constructor(private readonly db: Database.Database) {
    this.byDigest = db.prepare(`
      SELECT token_id AS tokenId, token_id AS secretId, user_id AS userId FROM tokens WHERE digest = @digest UNION ALL
      SELECT token_id, secret_id, user_id FROM token_secrets WHERE digest = @digest`);
    this.byVerifier = db.prepare('SELECT hash FROM passwords WHERE verifier_id = ? AND user_id = ?');
  }

  static open(folder: string): CredentialStore {
    return new CredentialStore(openPrivateDatabase(join(folder, 'credentials.db'), SCHEMA));
  }

  addPassword(verifierId: string, userId: UserId, hash: string, now: number): void {
    storing('a password', () =>
      this.db
        .prepare('INSERT INTO passwords (verifier_id, user_id, hash, created_at) VALUES (?, ?, ?, ?)')
        .run(verifierId, userId, hash, now),
    );
  }

  passwordHash(verifierId: string, userId: UserId): string | undefined {
    return this.byVerifier.get(verifierId, userId)?.hash;
  }

  removePassword(verifierId: string): void {
    this.db.prepare('DELETE FROM passwords WHERE verifier_id = ?').run(verifierId);
  }

  /**
   * Once a new password is in the log: of the `former` ones, those go that are not to be kept, and so do
   * leftovers. A fresh row that is neither may be another command's under way.
   */
  settlePassword(userId: UserId, kept: readonly string[], former: readonly string[], now: number): void {
    const among = (ids: string) => `verifier_id IN (SELECT value FROM json_each(${ids}))`;
    this.db
      .prepare(`DELETE FROM passwords WHERE user_id = ? AND NOT ${among('?')} AND (${among('?')} OR created_at < ?)`)
      .run(userId, JSON.stringify(kept), JSON.stringify(former), now - LEFTOVER_MICROS);
  }

  /** Ids of the verifiers that are kept for a user. */
  passwordsOf(userId: UserId): readonly string[] {
    return this.db
      .prepare<[UserId], string>('SELECT verifier_id FROM passwords WHERE user_id = ? ORDER BY verifier_id')
      .pluck()
      .all(userId);
  }

  addToken(tokenId: string, userId: UserId, digest: Buffer): void {
    storing('a token', () =>
      this.db.prepare('INSERT INTO tokens (token_id, user_id, digest) VALUES (?, ?, ?)').run(tokenId, userId, digest),
    );
  }

  addSecret(secretId: string, { tokenId, userId }: Omit<TokenOwner, 'secretId'>, digest: Buffer): void {
    storing('a token', () =>
      this.db
        .prepare('INSERT INTO token_secrets (secret_id, token_id, user_id, digest) VALUES (?, ?, ?, ?)')
        .run(secretId, tokenId, userId, digest),
    );
  }

  removeSecret(secretId: string): void {
    this.db.prepare('DELETE FROM token_secrets WHERE secret_id = ?').run(secretId);
  }

  tokenByDigest(digest: Buffer): TokenOwner | undefined {
    return this.byDigest.get({ digest });
  }

  ownerOf(tokenId: string): UserId | undefined {
    return this.db
      .prepare<[string], { userId: UserId }>('SELECT user_id AS userId FROM tokens WHERE token_id = ?')
      .get(tokenId)?.userId;
  }

  removeToken(tokenId: string): void {
    this.db.prepare('DELETE FROM tokens WHERE token_id = ?').run(tokenId);
  }

  /** The secrets of a revoked token are forgotten; whose it was stays, so that revoking it again is no error. */
  forgetSecret(tokenId: string): void {
    this.db.prepare('DELETE FROM token_secrets WHERE token_id = ?').run(tokenId);
    this.db.prepare('UPDATE tokens SET digest = NULL WHERE token_id = ?').run(tokenId);
  }

  /** Of somebody who is erased. Whose a token was stays, by a pseudonym, so that revoking it again is no error. */
  forgetUser(userId: UserId): void {
    storing('the erasure', () => {
      this.db.transaction(() => {
        this.db.prepare('DELETE FROM passwords WHERE user_id = ?').run(userId);
        this.db.prepare('DELETE FROM token_secrets WHERE user_id = ?').run(userId);
        this.db.prepare('UPDATE tokens SET digest = NULL WHERE user_id = ?').run(userId);
      })();
    });
    scrubJournal(this.db);
  }

  onApplicationShutdown(): void {
    this.close();
  }

  close(): void {
    this.db.close();
  }
}
