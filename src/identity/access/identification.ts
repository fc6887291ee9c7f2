import { Actor, Limits, Micros, ScopedRole, UserId } from '../../core/index.js';
import { CustodyRequest } from '../../http/index.js';
import { SignInFailure, SignInMethod } from './events.js';

/** Somebody, as far as the request shows. */
export interface Identified {
  readonly known: true;
  readonly actor: Actor;
  /** Roles of the actor's that hold for some experiments or models only. */
  readonly scoped?: readonly ScopedRole[];
  /** The account waits for a record of how its person was identified, and has no rights until then. */
  readonly pending?: true;
  /** What the token is held to that they came with. */
  readonly limits?: Limits;
  /** When they showed who they are: with this request, or when their session began. */
  readonly signedInAt?: Micros;
  /** The browser session that they came by. */
  readonly sessionId?: string;
  /** What they signed in with; absent where nobody signs in. */
  readonly signIn?: {
    readonly via: 'password' | 'token' | 'oidc';
    readonly token?: { readonly tokenId: string; readonly secretId: string };
  };
  /** Set when this password is good for one thing only, setting another: it was given out once, or is too old. */
  readonly changeFirst?: 'one-time' | 'aged';
  /** Set when they must have a second factor and have none: they may enrol one, and nothing else. */
  readonly enrolFirst?: true;
  /** Why nothing of what this client asks for is done, whoever it is. */
  readonly refused?: { readonly code: string; readonly message: string };
}

export interface Unidentified {
  readonly known: false;
  readonly method: SignInMethod;
  readonly why: SignInFailure;
  readonly claimedLogin?: string;
  /** The account that was tried, where there is one. */
  readonly userId?: UserId;
  /** So many wrong passwords in a row came for this login that something has to be done about it. */
  readonly guesses?: number;
}

/** Finds out who sends a request. Abstract class: one for servers with accounts, one for open servers. */
export abstract class Identification {
  abstract identify(request: CustodyRequest): Promise<Identified | Unidentified>;
}
