import { hash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Actor, CustodyError, UserId } from '../../core/index.js';
import type { Clock } from '../../core/index.js';
import { CustodyRequest } from '../../http/index.js';
import type { Settled } from '../../ledger/index.js';
import { IDENTITY_CLOCK } from '../clock.js';
import { CredentialStore } from '../credentials/credential-store.js';
import { PASSWORD_POLICY } from '../credentials/password-policy.js';
import type { PasswordPolicy } from '../credentials/password-policy.js';
import { Passwords } from '../credentials/passwords.js';
import { tokenDigest } from '../credentials/token-secret.js';
import { normalizeLogin } from '../directory/login-name.js';
import { NamedRoles as NamedRolesState } from '../named-roles/events.js';
import { scopedThrough } from '../named-roles/levels.js';
import { NamedRoles } from '../named-roles/named-roles.js';
import { Accounts, Loaded } from '../user/accounts.js';
import { isLocked } from '../user/decide.js';
import { Account, Token } from '../user/events.js';
import { rightsAt } from '../user/rights.js';
import { claim, Presented, presented } from './authorization-header.js';
import { SignInFailure, SignInMethod } from './events.js';
import { FailedSignIns } from './failed-sign-ins.js';
import { Identification, Identified, Unidentified } from './identification.js';

/** Credentials that were checked, and what they were checked against. */
interface Grant {
  readonly userId: UserId;
  readonly method: SignInMethod;
  readonly signIn:
    | { readonly via: 'password'; readonly verifierId: string }
    | { readonly via: 'token'; readonly tokenId: string; readonly secretId: string };
  /** The answer at a revision of the account, made once for all requests that find it there. */
  admitted?: {
    readonly revision: number;
    readonly roleRevision: number;
    readonly answer: Identified;
    readonly expiresAt: number;
  };
}

const GRANTS = 10_000;
const DAY_MICROS = 86_400_000_000;
const GRANT_MS = 5 * 60_000;

/**
 * Tokens and passwords of accounts. Checking a password takes tens of milliseconds by design, so that a
 * header once checked is remembered for five minutes, by a keyed digest. What is remembered is only that
 * the secret was right: whether it still counts (not revoked, replaced, expired, disabled) is looked up in
 * the log for every request, so a change in any process holds at once.
 */
@Injectable()
export class AccountIdentification extends Identification {
  /** Never leaves this process, and each process has its own: what is remembered can't be looked up in a table. */
  private readonly digestKey = randomBytes(32).toString('base64');
  private readonly grants = new LRUCache<string, Grant>({ max: GRANTS, ttl: GRANT_MS });
  private readonly failures = new FailedSignIns();
  private readonly checking = new Map<string, Promise<Grant | Unidentified>>();

  constructor(
    private readonly accounts: Accounts,
    private readonly namedRoles: NamedRoles,
    private readonly credentials: CredentialStore,
    private readonly passwords: Passwords,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
    @Inject(PASSWORD_POLICY) private readonly policy: PasswordPolicy,
  ) {
    super();
  }

  async identify(request: CustodyRequest): Promise<Identified | Unidentified> {
    const header = request.headers.authorization;
    if (!header) return { known: false, method: 'none', why: 'no-credentials' };
    const digest = hash('sha256', this.digestKey + header, 'base64');
    const remembered = this.grants.get(digest);
    if (remembered) {
      const answer = await this.admit(remembered);
      if (answer.known) return answer;
      this.grants.delete(digest);
    }
    const grant = await this.checkOnce(digest, header);
    if ('known' in grant) return grant;
    return this.admit(grant);
  }

  /** A client that opens many connections at once costs one check. */
  private checkOnce(digest: string, header: string): Promise<Grant | Unidentified> {
    const running = this.checking.get(digest);
    if (running) return running;
    const check = this.check(header)
      .then((grant) => {
        if (!('known' in grant)) this.grants.set(digest, grant);
        return grant;
      })
      .finally(() => this.checking.delete(digest));
    this.checking.set(digest, check);
    return check;
  }

  private async check(header: string): Promise<Grant | Unidentified> {
    const given = presented(header);
    switch (given.kind) {
      case 'malformed':
        return { known: false, method: given.method, why: 'malformed' };
      case 'token':
        return this.checkToken(given);
      case 'password':
        return this.checkPassword(given);
    }
  }

  private checkToken({ secret, method, login }: Extract<Presented, { kind: 'token' }>): Grant | Unidentified {
    const owner = this.credentials.tokenByDigest(tokenDigest(secret));
    if (!owner) return { known: false, method, why: 'unknown-token', claimedLogin: claim(login) };
    return { userId: owner.userId, method, signIn: { via: 'token', tokenId: owner.tokenId, secretId: owner.secretId } };
  }

  private async checkPassword({
    login,
    password,
    method,
  }: Extract<Presented, { kind: 'password' }>): Promise<Grant | Unidentified> {
    const name = normalizeLogin(login);
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
    return { userId, method, signIn: { via: 'password', verifierId } };
  }

  /** Whether a secret that was right still counts, by the account as it is now. */
  private async admit(grant: Grant): Promise<Identified | Unidentified> {
    const { userId, method } = grant;
    const [loaded, named] = await Promise.all([this.accounts.load(userId), this.namedRoles.load()]);
    const { admitted } = grant;
    const asBefore = admitted?.revision === loaded.revision && admitted.roleRevision === named.revision;
    if (admitted && asBefore && this.clock.now() < admitted.expiresAt) return admitted.answer;
    const why = this.objection(grant, loaded);
    if (why !== undefined) return { known: false, method, why, userId };
    return this.answer(grant, loaded, named);
  }

  private objection({ signIn }: Grant, { user }: Loaded): SignInFailure | undefined {
    if (user.status !== 'active') return 'disabled';
    if (signIn.via === 'password') {
      if (isLocked(user, this.clock.now())) return 'locked';
      return user.password?.verifierId === signIn.verifierId ? undefined : 'wrong-password';
    }
    const token = user.tokens.get(signIn.tokenId);
    if (!token || this.goodUntil(token, signIn.secretId) <= this.clock.now()) return 'revoked-token';
    return token.expiresAt !== undefined && token.expiresAt <= this.clock.now() ? 'expired-token' : undefined;
  }

  private answer(grant: Grant, { user, revision }: Loaded, named: Settled<NamedRolesState>): Identified {
    if (user.status === 'absent') throw new Error('an account that was admitted must exist');
    const { userId, kind, tokens } = user;
    const { roles, scoped: own, until } = rightsAt(user, this.clock.now());
    const scoped = [...own, ...scopedThrough(named.state, userId)];
    const { signIn } = grant;
    const actor: Actor = { id: userId, kind, roles, via: signIn.via };
    const token = signIn.via === 'token' ? signIn.tokenId : undefined;
    const limits = token === undefined ? undefined : tokens.get(token)?.limits;
    const answer: Identified = {
      known: true,
      actor,
      ...(scoped.length === 0 ? {} : { scoped }),
      ...(limits === undefined ? {} : { limits }),
      signIn: token === undefined ? { via: 'password' } : { via: 'token', tokenId: token },
      // A token was issued by someone who had set a password of their own; it does not stand for the password.
      ...(token === undefined ? this.changeFirst(user) : {}),
    };
    const expiresAt = token === undefined ? this.agesAt(user) : this.endOf(tokens.get(token), signIn);
    grant.admitted = {
      revision,
      roleRevision: named.revision,
      answer,
      expiresAt: Math.min(expiresAt ?? Infinity, until ?? Infinity),
    };
    return answer;
  }

  /** A secret that was replaced goes on until then; one that is two rotations old is over. */
  private goodUntil({ secretId, former }: Token, presented: string): number {
    if (secretId === presented) return Infinity;
    return former?.secretId === presented ? former.until : 0;
  }

  private endOf(token: Token | undefined, signIn: Grant['signIn']): number {
    if (!token || signIn.via !== 'token') return 0;
    return Math.min(token.expiresAt ?? Infinity, this.goodUntil(token, signIn.secretId));
  }

  private changeFirst(user: Account): Pick<Identified, 'changeFirst'> {
    if (user.mustChangePassword) return { changeFirst: 'one-time' };
    const agesAt = this.agesAt(user);
    return agesAt !== undefined && agesAt <= this.clock.now() ? { changeFirst: 'aged' } : {};
  }

  /** When the password becomes too old; `undefined` when passwords don't age here. */
  private agesAt({ password }: Account): number | undefined {
    const { maxAgeDays } = this.policy;
    return maxAgeDays === 0 ? undefined : (password?.setAt ?? 0) + maxAgeDays * DAY_MICROS;
  }
}

/** No account ever has this id. */
const NOBODY = 'nobody' as UserId;
