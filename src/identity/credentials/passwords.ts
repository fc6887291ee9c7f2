import { Inject, Injectable } from '@nestjs/common';
import { CustodyError, Micros, UserId, uuidv7 } from '../../core/index.js';
import { Keystore } from '../keystore/index.js';
import { hashPassword, unmatchableHash, verifyPassword } from './argon2.js';
import { CredentialStore } from './credential-store.js';
import { PASSWORD_POLICY } from './password-policy.js';
import type { PasswordPolicy } from './password-policy.js';
import { oneTimePassword } from './password-rules.js';
import { Turnstile } from './turnstile.js';

const AT_ONCE = 4;
const QUEUE = 256;

/** Makes and checks the verifiers of passwords. */
@Injectable()
export class Passwords {
  private readonly turnstile = new Turnstile(AT_ONCE, QUEUE);
  private readonly pepper: Buffer;
  private readonly nobodys = unmatchableHash();

  constructor(
    private readonly store: CredentialStore,
    keystore: Keystore,
    @Inject(PASSWORD_POLICY) private readonly policy: PasswordPolicy,
  ) {
    this.pepper = keystore.deriveKey('password-pepper');
  }

  /**
   * Stores a new verifier, gives its id to `record` (which appends the event that makes it count) and
   * tidies up after either outcome.
   */
  async replace<Result>(
    change: {
      readonly userId: UserId;
      readonly password: string;
      readonly former?: readonly string[];
      readonly now: Micros;
    },
    record: (verifierId: string) => Promise<Result>,
  ): Promise<Result> {
    const { userId, password, former = [], now } = change;
    const verifierId = `pw-${uuidv7()}`;
    this.store.addPassword(
      verifierId,
      userId,
      await this.turnstile.pass(() => hashPassword(password, this.pepper)),
      now,
    );
    const result = await this.recorded(verifierId, record);
    try {
      this.store.settlePassword(
        userId,
        [verifierId, ...former.slice(0, Math.max(0, this.policy.remembered - 1))],
        former,
        now,
      );
    } catch {
      // The change is made; what it replaced opens nothing any more and is swept by the next change.
    }
    return result;
  }

  private async recorded<Result>(verifierId: string, record: (verifierId: string) => Promise<Result>): Promise<Result> {
    try {
      return await record(verifierId);
    } catch (error) {
      // A refusal means that no event names it. After any other failure one may, so it stays.
      if (error instanceof CustodyError) this.store.removePassword(verifierId);
      throw error;
    }
  }

  /** Whether it is one of the last ones, as many as the policy remembers; `former` begins with the present one. */
  async wasUsed(userId: UserId, former: readonly string[], password: string): Promise<boolean> {
    for (const verifierId of former.slice(0, this.policy.remembered)) {
      if (await this.matches(userId, verifierId, password)) return true;
    }
    return false;
  }

  oneTime(): string {
    return oneTimePassword();
  }

  /** Takes as long for an unknown user as for a wrong password. */
  async matches(userId: UserId | undefined, verifierId: string | undefined, password: string): Promise<boolean> {
    const hash = userId && verifierId ? this.store.passwordHash(verifierId, userId) : undefined;
    const same = await this.turnstile.pass(() => verifyPassword(password, this.pepper, hash ?? this.nobodys));
    return same && hash !== undefined;
  }
}
