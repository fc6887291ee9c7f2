import { Inject, Injectable } from '@nestjs/common';
import { Actor, Micros, systemContext } from '../../core/index.js';
import type { Clock } from '../../core/index.js';
import { CustodyRequest } from '../../http/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { SignInFailure } from '../access/events.js';
import { Identified, Unidentified } from '../access/identification.js';
import { changeFirst, enrolFirst } from '../access/standing.js';
import { IDENTITY_CLOCK } from '../clock.js';
import { PASSWORD_POLICY } from '../credentials/password-policy.js';
import type { PasswordPolicy } from '../credentials/password-policy.js';
import { Keystore } from '../keystore/index.js';
import { NamedRoles as NamedRolesState } from '../named-roles/events.js';
import { rightsWith } from '../named-roles/levels.js';
import { NamedRoles } from '../named-roles/named-roles.js';
import { SECOND_FACTOR_POLICY } from '../second-factor/second-factor-policy.js';
import type { SecondFactorPolicy } from '../second-factor/second-factor-policy.js';
import { Accounts } from '../user/accounts.js';
import { userDecider, userStream } from '../user/decide.js';
import { Account } from '../user/events.js';
import { forged } from './cross-site.js';
import { Session } from './events.js';
import { cookieIn } from './session-cookie.js';
import { SESSION_POLICY } from './session-policy.js';
import type { SessionPolicy } from './session-policy.js';
import { csrfToken, isSessionSecret, sessionDigest } from './session-secret.js';
import { SessionStore, StoredSession } from './session-store.js';

const MINUTE = 60_000_000;

/**
 * Who sends a request, by the cookie of a browser session. Whether the session still counts is asked of the log
 * for each request, as for tokens: what any process ends is over at once in all of them.
 */
@Injectable()
export class SessionIdentification {
  private readonly csrfKey: Buffer;

  constructor(
    private readonly store: SessionStore,
    private readonly accounts: Accounts,
    private readonly namedRoles: NamedRoles,
    private readonly decisions: DecisionMaker,
    keystore: Keystore,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
    @Inject(SESSION_POLICY) private readonly policy: SessionPolicy,
    @Inject(PASSWORD_POLICY) private readonly passwordPolicy: PasswordPolicy,
    @Inject(SECOND_FACTOR_POLICY) private readonly factorPolicy: SecondFactorPolicy,
  ) {
    this.csrfKey = keystore.deriveKey('session-csrf');
  }

  /** `undefined` for a request without such a cookie. */
  async identify(request: CustodyRequest): Promise<Identified | Unidentified | undefined> {
    const secret = cookieIn(request);
    if (secret === undefined) return undefined;
    if (!isSessionSecret(secret)) return { known: false, method: 'session', why: 'malformed' };
    const stored = this.store.byDigest(sessionDigest(secret));
    if (!stored) return { known: false, method: 'session', why: 'unknown-session' };
    const [{ user }, named] = await Promise.all([this.accounts.load(stored.userId), this.namedRoles.load()]);
    const session = user.status === 'absent' ? undefined : user.sessions.get(stored.sessionId);
    const failed = (why: SignInFailure) => ({ known: false, method: 'session', why, userId: stored.userId }) as const;
    if (user.status === 'absent' || user.status === 'disabled') return failed('disabled');
    if (!session) return failed('ended-session');
    const now = this.clock.now();
    if (this.isOver(session, stored.lastUsedAt, now)) {
      await this.expire(stored, now);
      return failed('expired-session');
    }
    this.note(stored, now);
    const refusal = forged(request, this.csrfToken(stored.sessionId));
    const refused = refusal === undefined ? {} : { refused: { code: 'cross-site-request', message: refusal } };
    const { sessionId } = stored;
    return { ...this.answer(user, named.state, session, now), sessionId, ...refused };
  }

  csrfToken(sessionId: string): string {
    return csrfToken(this.csrfKey, sessionId);
  }

  /** What the cookie of this request is known as, whether its session still counts or not. */
  storedOf(request: CustodyRequest): StoredSession | undefined {
    const secret = cookieIn(request);
    return secret !== undefined && isSessionSecret(secret) ? this.store.byDigest(sessionDigest(secret)) : undefined;
  }

  isOver({ expiresAt }: Session, lastUsedAt: Micros, now: Micros): boolean {
    return expiresAt <= now || now - lastUsedAt >= this.policy.idleMinutes * MINUTE;
  }

  private async expire({ userId, sessionId }: StoredSession, now: Micros): Promise<void> {
    const command = { type: 'EndSession', sessionId, why: 'expired' } as const;
    const context = systemContext(now, 'the session was not used for too long, or is too old');
    await this.decisions.decide(userDecider, userStream(userId), command, context);
  }

  /**
   * Written down at most thirty times in the idle time, since it costs a flush to disk: a session ends up to a
   * thirtieth of that time early, never late.
   */
  private note({ sessionId, lastUsedAt }: StoredSession, now: Micros): void {
    if (now - lastUsedAt >= (this.policy.idleMinutes * MINUTE) / 30) this.store.used(sessionId, now);
  }

  private answer(user: Account, named: NamedRolesState, { how }: Session, now: Micros): Identified {
    const { userId, kind, status } = user;
    const { roles, scoped } = rightsWith(named, user, now);
    const actor: Actor = { id: userId, kind, roles, via: 'session' };
    return {
      known: true,
      actor,
      ...(scoped.length === 0 ? {} : { scoped }),
      ...(status === 'pending' ? { pending: true as const } : {}),
      // What a provider of identities asks for besides the password is the provider's.
      ...(how === 'password'
        ? { ...changeFirst(user, this.passwordPolicy, now), ...enrolFirst(user, this.factorPolicy, now) }
        : {}),
    };
  }
}
