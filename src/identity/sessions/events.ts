import { Map } from 'immutable';
import { DomainEvent, Micros, never, Sealed, UserId } from '../../core/index.js';

/** What somebody showed to get a session. */
export type SessionHow = 'password' | 'oidc';

export type SessionEnd =
  | 'signed-out'
  | 'revoked'
  | 'expired'
  /** The account has as many sessions as it may: the oldest makes room for the next. */
  | 'displaced'
  | 'user-disabled'
  | 'password-changed';

/** The log holds nothing of the secret in the cookie. */
export type SessionStarted = DomainEvent<
  'SessionStarted',
  {
    readonly userId: UserId;
    readonly sessionId: string;
    readonly how: SessionHow;
    readonly startedAt: Micros;
    /** However busy it is, it ends then. */
    readonly expiresAt: Micros;
    /** `{ip, userAgent}` of the browser that signed in. */
    readonly client?: Sealed;
  }
>;

export type SessionEnded = DomainEvent<
  'SessionEnded',
  { readonly userId: UserId; readonly sessionId: string; readonly why: SessionEnd }
>;

export type SessionEvent = SessionStarted | SessionEnded;

export type Session = Omit<SessionStarted['data'], 'userId' | 'sessionId'>;
/** Started and not ended, in the order of their beginning; some may have expired. */
export type LiveSessions = Map<string, Session>;

export function evolveSessions(sessions: LiveSessions, event: SessionEvent): LiveSessions {
  switch (event.type) {
    case 'SessionStarted': {
      const { userId: _, sessionId, ...session } = event.data;
      return sessions.set(sessionId, session);
    }
    case 'SessionEnded':
      return sessions.remove(event.data.sessionId);
    default:
      return never(event);
  }
}
