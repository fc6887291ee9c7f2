import { DomainEvent, EventDefinition, JsonObject, Micros, ResourceRef, toIso, UserId } from '../../core/index.js';
import { Action } from '../../http/index.js';
import type { OidcFailure } from '../oidc/failure.js';

/** One stream a day (UTC): sign-ins and refusals have no history to be decided on. */
export const accessStream = (now: Micros): string => `access-${toIso(now).slice(0, 10)}`;

/** `form`: login and password in the body of a sign-in; `session`: the cookie that it gave. */
export type SignInMethod = 'none' | 'basic' | 'bearer' | 'form' | 'session' | 'oidc';

export type SignInFailure =
  | 'no-credentials'
  | 'malformed'
  | 'unknown-login'
  | 'wrong-password'
  | 'unknown-token'
  | 'revoked-token'
  | 'expired-token'
  | 'unknown-session'
  | 'ended-session'
  | 'expired-session'
  | 'code-missing'
  | 'wrong-code'
  | 'replayed-code'
  | 'disabled'
  | 'locked'
  | 'overloaded'
  | OidcFailure
  /** Not checked: its address had brought too many wrong credentials. Only ever counted, in SignInsRefused. */
  | 'throttled';

/** The first use of a password or token by this server within an hour. */
export type SignedIn = DomainEvent<
  'SignedIn',
  { readonly userId: UserId; readonly via: 'password' | 'token' | 'oidc'; readonly tokenId?: string }
>;

/** Why is for the trail only; the answer is the same for all. The claimed login is the actor's `claimedName`. */
export type SignInFailed = DomainEvent<
  'SignInFailed',
  {
    readonly method: SignInMethod;
    readonly why: SignInFailure;
    readonly httpMethod: string;
    readonly route: string;
    readonly userId?: UserId;
  }
>;

/** An account would have been locked, but there is none. The login is the actor's `claimedName`. */
export type UnknownLoginProbed = DomainEvent<'UnknownLoginProbed', { readonly failures: number }>;

export type AccessDenied = DomainEvent<
  'AccessDenied',
  {
    readonly action: Action | 'undeclared';
    readonly code: string;
    readonly httpMethod?: string;
    readonly route?: string;
    readonly resource?: ResourceRef;
  }
>;

export type AccessEvent = SignedIn | SignInFailed | UnknownLoginProbed | AccessDenied;

const STREAM = 'access-<yyyy-mm-dd>';
const userId = 'u-01890a5d-ac96-774b-bcce-b302099a8057';

/** What was refused is about the thing itself where it is known, else about the route. */
function deniedResource(data: JsonObject): ResourceRef {
  const { resource, httpMethod, route, action } = data as unknown as AccessDenied['data'];
  if (resource) return resource;
  return { kind: 'route', id: route === undefined ? action : `${httpMethod ?? ''} ${route}`.trim() };
}

const session = ({ userId: id }: JsonObject): ResourceRef =>
  typeof id === 'string'
    ? { kind: 'session', id, parents: [{ kind: 'user', id }] }
    : { kind: 'session', id: 'unknown' };

export const accessEvents: readonly EventDefinition[] = [
  {
    type: 'SignedIn',
    summary: 'Someone signed in: the first use of their password or token on a server within an hour.',
    stream: STREAM,
    resource: session,
    samples: [{ userId, via: 'token', tokenId: 't-01890a5d-ac96-774b-bcce-b302099a8058' }],
  },
  {
    type: 'SignInFailed',
    summary: 'A request did not show who sends it, and was answered 401.',
    stream: STREAM,
    resource: session,
    outcome: 'failed',
    samples: [
      { method: 'basic', why: 'wrong-password', httpMethod: 'POST', route: '/api/2.0/mlflow/runs/create', userId },
    ],
  },
  {
    type: 'UnknownLoginProbed',
    summary: 'Wrong passwords were given again and again for a login that no account has.',
    stream: STREAM,
    resource: session,
    outcome: 'failed',
    samples: [{ failures: 5 }],
  },
  {
    type: 'AccessDenied',
    summary:
      'Someone asked for what they may not do, and was answered 403. Whether it was checked who it is, the actor says.',
    stream: STREAM,
    resource: deniedResource,
    outcome: 'denied',
    samples: [
      {
        action: 'model:promote',
        code: 'not-permitted',
        httpMethod: 'POST',
        route: '/api/2.0/mlflow/model-versions/transition-stage',
        resource: { kind: 'model-version', id: '1', name: 'lims_contamination_detector' },
      },
    ],
  },
];
