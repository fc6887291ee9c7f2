import { accept, Decision, Micros, refuse, Sealed, UserId } from '../../core/index.js';
import { LiveSessions, SessionEnd, SessionEnded, SessionEvent, SessionHow } from './events.js';

export interface StartSession {
  readonly type: 'StartSession';
  readonly sessionId: string;
  readonly how: SessionHow;
  readonly client?: Sealed;
  readonly now: Micros;
  readonly expiresAt: Micros;
  /** Sessions that nobody has used for too long. */
  readonly lapsed: readonly string[];
  /** Of the password that was checked. */
  readonly verifierId?: string;
}
export interface EndSession {
  readonly type: 'EndSession';
  readonly sessionId: string;
  readonly why: Extract<SessionEnd, 'signed-out' | 'revoked' | 'expired'>;
}

/** Signing in is never refused for their number, or whoever signs in often enough would keep the owner out. */
export const MAX_SESSIONS = 50;

interface Owner {
  readonly status: 'pending' | 'active' | 'disabled';
  readonly userId: UserId;
  readonly sessions: LiveSessions;
  readonly password?: { readonly verifierId: string };
}

export function startSession(
  { type: _, now, lapsed, verifierId, ...session }: StartSession,
  { status, userId, sessions, password }: Owner,
): Decision<SessionEvent> {
  if (status === 'disabled') return refuse('state', 'user-disabled', 'the account is disabled');
  if (verifierId !== undefined && password?.verifierId !== verifierId)
    return refuse('conflict', 'password-changed-meanwhile', 'the password was changed meanwhile; sign in again');
  if (sessions.has(session.sessionId)) return accept();
  const over = [...sessions].filter(([id, { expiresAt }]) => expiresAt <= now || lapsed.includes(id));
  const live = [...sessions.removeAll(over.map(([id]) => id))].sort(([, a], [, b]) => a.startedAt - b.startedAt);
  const displaced = live.slice(0, Math.max(0, live.length + 1 - MAX_SESSIONS));
  return accept<SessionEvent>(
    ...over.map(([id]) => ended(userId, id, 'expired')),
    ...displaced.map(([id]) => ended(userId, id, 'displaced')),
    { type: 'SessionStarted', data: { userId, ...session, startedAt: now } },
  );
}

/** Ending twice is no error: whoever signs out wants to be out. */
export const endSession = (
  { sessionId, why }: EndSession,
  { userId, sessions }: Pick<Owner, 'userId' | 'sessions'>,
): Decision<SessionEvent> => (sessions.has(sessionId) ? accept(ended(userId, sessionId, why)) : accept());

/** All of them, with what makes them end: disabling the account, another password. */
export const endAllSessions = (
  { userId, sessions }: Pick<Owner, 'userId' | 'sessions'>,
  why: Extract<SessionEnd, 'user-disabled' | 'password-changed'>,
): readonly SessionEnded[] => [...sessions.keys()].map((sessionId) => ended(userId, sessionId, why));

const ended = (userId: UserId, sessionId: string, why: SessionEnd): SessionEnded => ({
  type: 'SessionEnded',
  data: { userId, sessionId, why },
});
