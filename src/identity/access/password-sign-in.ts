import { hash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CustodyError, UserId } from '../../core/index.js';
import type { Clock } from '../../core/index.js';
import { CustodyRequest } from '../../http/index.js';
import { IDENTITY_CLOCK } from '../clock.js';
import { Passwords } from '../credentials/passwords.js';
import { normalizeLogin } from '../directory/login-name.js';
import { Strangers } from '../strangers/strangers.js';
import { Accounts } from '../user/accounts.js';
import { isLocked } from '../user/decide.js';
import { claim } from './authorization-header.js';
import { SignInFailure, SignInMethod } from './events.js';
import { FailedSignIns } from './failed-sign-ins.js';
import { Unidentified } from './identification.js';

export interface LoginAndPassword {
  readonly login: string;
  readonly password: string;
  readonly method: SignInMethod;
}

/** Whose password it is, and which verifier says so. */
export interface RightPassword {
  readonly userId: UserId;
  readonly verifierId: string;
}

const RIGHT = 10_000;
const RIGHT_MS = 24 * 60 * 60_000;

/** Checks login and password, in a header or a form, so that neither answer nor time tells which logins exist. */
@Injectable()
export class PasswordSignIn {
  /** Never leaves this process: what is remembered can't be looked up in a table. */
  private readonly digestKey = randomBytes(32).toString('base64');
  /** Logins with a password that was right within a day: checked also for an address that guesses. */
  private readonly right = new LRUCache<string, true>({ max: RIGHT, ttl: RIGHT_MS });

  constructor(
    private readonly accounts: Accounts,
    private readonly passwords: Passwords,
    private readonly failures: FailedSignIns,
    private readonly strangers: Strangers,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
  ) {}

  async check(
    { login, password, method }: LoginAndPassword,
    request: CustodyRequest,
  ): Promise<RightPassword | Unidentified> {
    const name = normalizeLogin(login);
    const digest = hash('sha256', JSON.stringify([this.digestKey, name, password]), 'base64');
    // Before anything is looked up, so that it takes as long for a login that nobody has.
    if (!this.right.has(digest) && this.strangers.waitOf(request) !== undefined)
      return { known: false, method, why: 'throttled', claimedLogin: claim(login) };
    const userId = await this.accounts.idOf(name);
    // Somebody is loaded in any case: an unknown login takes the same steps as a known one.
    const { user } = await this.accounts.load(userId ?? NOBODY);
    const verifierId = user.status === 'absent' ? undefined : user.password?.verifierId;
    const failed = (why: SignInFailure): Unidentified => ({
      known: false,
      method,
      why,
      userId,
      claimedLogin: claim(login),
    });
    try {
      const matches = await this.passwords.matches(userId, verifierId, password);
      // After the check, so that a locked account takes as long as any other; what it said tells nobody anything.
      if (user.status !== 'absent' && isLocked(user, this.clock.now())) return failed('locked');
      if (!userId || !verifierId || !matches) {
        const guesses = this.failures.add(this.accounts.nameDigest(name));
        return {
          ...failed(userId ? 'wrong-password' : 'unknown-login'),
          ...(guesses === undefined ? {} : { guesses }),
        };
      }
      this.failures.succeeded(this.accounts.nameDigest(name));
    } catch (error) {
      if (error instanceof CustodyError && error.kind === 'limit') return failed('overloaded');
      throw error;
    }
    this.right.set(digest, true);
    return { userId, verifierId };
  }
}

/** No account ever has this id. */
const NOBODY = 'nobody' as UserId;
