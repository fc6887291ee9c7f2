import { join } from 'node:path';
import { OnApplicationShutdown } from '@nestjs/common';
import Database from 'better-sqlite3';
import { Micros, Sealed, UserId } from '../../core/index.js';
import { openPrivateDatabase, storing } from '../keystore/private-database.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS second_factors (
    factor_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, sealed_secret TEXT NOT NULL,
    last_step INTEGER NOT NULL, created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS second_factors_of_user ON second_factors (user_id);
  CREATE TABLE IF NOT EXISTS recovery_codes (
    factor_id TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (factor_id, digest)
  ) STRICT, WITHOUT ROWID;
`;

/**
 * Secrets of second factors, sealed under their owners' keys, and which codes are used up; beside the passwords in
 * `credentials.db`. Which factor counts, the log says: without its row no code is right, so that a lost row locks
 * out and never lets in.
 */
export class FactorStore implements OnApplicationShutdown {
  private constructor(private readonly db: Database.Database) {}

  static open(folder: string): FactorStore {
    return new FactorStore(openPrivateDatabase(join(folder, 'credentials.db'), SCHEMA));
  }

  add(factorId: string, userId: UserId, secret: Sealed, now: Micros): void {
    storing('a second factor', () => {
      this.db
        .prepare(
          'INSERT INTO second_factors (factor_id, user_id, sealed_secret, last_step, created_at) VALUES (?, ?, ?, 0, ?)',
        )
        .run(factorId, userId, JSON.stringify(secret), now);
    });
  }

  secretOf(factorId: string, userId: UserId): Sealed | undefined {
    const text = this.db
      .prepare<[string, string], string>('SELECT sealed_secret FROM second_factors WHERE factor_id = ? AND user_id = ?')
      .pluck()
      .get(factorId, userId);
    return text === undefined ? undefined : (JSON.parse(text) as Sealed);
  }

  /** One statement, so that of all processes one alone gets it: `false` when the code of this step or a later one was used. */
  takeStep(factorId: string, step: number): boolean {
    return storing(
      'the use of a code',
      () =>
        this.db
          .prepare('UPDATE second_factors SET last_step = ? WHERE factor_id = ? AND last_step < ?')
          .run(step, factorId, step).changes === 1,
    );
  }

  replaceRecoveryCodes(factorId: string, digests: readonly string[]): void {
    storing('recovery codes', () =>
      this.db.transaction(() => {
        this.db.prepare('DELETE FROM recovery_codes WHERE factor_id = ?').run(factorId);
        const insert = this.db.prepare('INSERT INTO recovery_codes (factor_id, digest) VALUES (?, ?)');
        for (const digest of digests) insert.run(factorId, digest);
      })(),
    );
  }

  /** Likewise once among all processes. */
  takeRecoveryCode(factorId: string, digest: string): boolean {
    return storing(
      'the use of a recovery code',
      () =>
        this.db.prepare('DELETE FROM recovery_codes WHERE factor_id = ? AND digest = ?').run(factorId, digest)
          .changes === 1,
    );
  }

  remove(factorId: string): void {
    this.db.prepare('DELETE FROM recovery_codes WHERE factor_id = ?').run(factorId);
    this.db.prepare('DELETE FROM second_factors WHERE factor_id = ?').run(factorId);
  }

  /** Of somebody who is erased. */
  forgetUser(userId: UserId): void {
    storing('the erasure', () =>
      this.db.transaction(() => {
        this.db
          .prepare(
            'DELETE FROM recovery_codes WHERE factor_id IN (SELECT factor_id FROM second_factors WHERE user_id = ?)',
          )
          .run(userId);
        this.db.prepare('DELETE FROM second_factors WHERE user_id = ?').run(userId);
      })(),
    );
  }

  onApplicationShutdown(): void {
    this.db.close();
  }
}
