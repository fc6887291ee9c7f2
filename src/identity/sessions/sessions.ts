import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CommandContext, CustodyError, Micros, UserId, uuidv7 } from '../../core/index.js';
import { CustodyRequest } from '../../http/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { userDecider, userStream } from '../user/decide.js';
import { Accounts } from '../user/accounts.js';
import { EndSession } from './decide.js';
import { Session, SessionHow } from './events.js';
import { cookieFor, noCookie } from './session-cookie.js';
import { SessionIdentification } from './session-identification.js';
import { SESSION_POLICY } from './session-policy.js';
import type { SessionPolicy } from './session-policy.js';
import { newSessionSecret, sessionDigest } from './session-secret.js';
import { SessionStore, StoredSession } from './session-store.js';

const HOUR = 3_600_000_000;

export interface StartedSession {
  readonly sessionId: string;
  readonly csrfToken: string;
  readonly expiresAt: Micros;
}

export interface ListedSession extends Session {
  readonly sessionId: string;
  readonly lastUsedAt: Micros;
}

/** Browser sessions of accounts: whoever has shown who they are, by whatever way, gets one here. */
@Injectable()
export class Sessions {
  constructor(
    private readonly store: SessionStore,
    private readonly identification: SessionIdentification,
    private readonly accounts: Accounts,
    private readonly decisions: DecisionMaker,
    @Inject(SESSION_POLICY) private readonly policy: SessionPolicy,
  ) {}

  /**
   * Always a new one, whatever cookie the request came with: nobody can have somebody sign in to a session that
   * they know. The one that this browser had before ends. Sets the cookie.
   * @param verifierId of the password that was checked; when another one counts by now, nothing starts
   */
  async start(
    userId: UserId,
    how: SessionHow,
    context: CommandContext,
    reply: FastifyReply,
    verifierId?: string,
  ): Promise<StartedSession> {
    const { request } = reply;
    const { now } = context;
    const former = this.identification.storedOf(request);
    if (former) await this.end(former, 'signed-out', context);
    const sessionId = `s-${uuidv7()}`;
    const secret = newSessionSecret();
    const expiresAt = (now + this.policy.maxHours * HOUR) as Micros;
    const { client } = context.origin;
    const lapsed = (await this.ofUser(userId, now)).filter((each) => each.lapsed).map((each) => each.sessionId);
    const more = { ...(client && { client }), ...(verifierId === undefined ? {} : { verifierId }) };
    const command = { type: 'StartSession' as const, sessionId, how, now, expiresAt, lapsed, ...more };
    // The row first: a crash in between leaves one that opens nothing.
    this.store.add(sessionId, userId, sessionDigest(secret), now);
    await this.decisions.decide(userDecider, userStream(userId), command, context).catch((error: unknown) => {
      if (error instanceof CustodyError) this.store.remove(sessionId);
      throw error;
    });
    void reply.header('set-cookie', cookieFor(request, secret));
    return { sessionId, csrfToken: this.identification.csrfToken(sessionId), expiresAt };
  }

  async end(
    { userId, sessionId }: Pick<StoredSession, 'userId' | 'sessionId'>,
    why: EndSession['why'],
    context: CommandContext,
  ): Promise<void> {
    await this.decisions.decide(userDecider, userStream(userId), { type: 'EndSession', sessionId, why }, context);
  }

  forgetCookie(reply: FastifyReply): void {
    void reply.header('set-cookie', noCookie(reply.request));
  }

  current(request: CustodyRequest): StoredSession | undefined {
    return this.identification.storedOf(request);
  }

  csrfToken(sessionId: string): string {
    return this.identification.csrfToken(sessionId);
  }

  ownerOf(sessionId: string): UserId | undefined {
    return this.store.ownerOf(sessionId);
  }

  /** Those that still open something, the newest first. */
  async live(userId: UserId, now: Micros): Promise<readonly ListedSession[]> {
    return (await this.ofUser(userId, now)).filter(({ lapsed }) => !lapsed).reverse();
  }

  /** A session without its row opens nothing: somebody restored another day's keys. */
  private async ofUser(
    userId: UserId,
    now: Micros,
  ): Promise<readonly (ListedSession & { readonly lapsed: boolean })[]> {
    const { user } = await this.accounts.load(userId);
    if (user.status === 'absent') return [];
    const uses = this.store.lastUses(userId);
    return [...user.sessions]
      .map(([sessionId, session]) => {
        const used = uses.get(sessionId);
        const lapsed = used === undefined || this.identification.isOver(session, used, now);
        return { sessionId, ...session, lastUsedAt: used ?? session.startedAt, lapsed };
      })
      .sort((a, b) => a.startedAt - b.startedAt);
  }
}
