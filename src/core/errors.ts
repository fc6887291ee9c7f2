/**
 * What went wrong, in the words of the domain. HTTP statuses and MLflow's codes are made from it at the
 * edge only; `code` is stable and may be matched by programs, `message` is for people.
 */
export type ErrorKind =
  | 'invalid' // the request makes no sense: names the field
  | 'unauthenticated'
  | 'denied' // known, but may not
  | 'not-found'
  | 'already-exists'
  | 'state' // makes sense, but not in the present state
  | 'conflict' // lost a race; trying again may help
  | 'too-large'
  | 'limit' // too many requests
  | 'not-implemented' // known to the protocol, and not offered by this server
  | 'lost' // stored bytes are not what was recorded any more; trying again does not help
  | 'unavailable'; // a disk, a server, a read model that lags; trying again may help

/** A refusal as a value: what deciders return. */
export interface Refusal {
  readonly kind: ErrorKind;
  /** Kebab-case and stable, e.g. `param-immutable`. */
  readonly code: string;
  readonly message: string;
  /** The offending field, in the caller's own spelling. */
  readonly field?: string;
  /** Seconds after which it is worth trying again. */
  readonly retryAfter?: number;
}

/** The same as an exception: what handlers and edges throw. */
export class CustodyError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly field?: string;
  readonly retryAfter?: number;
  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(refusal.message, options);
    this.name = 'CustodyError';
    this.kind = refusal.kind;
    this.code = refusal.code;
    if (refusal.field !== undefined) this.field = refusal.field;
    if (refusal.retryAfter !== undefined) this.retryAfter = refusal.retryAfter;
  }
}

const make = (kind: ErrorKind) => (code: string, message: string, field?: string, retryAfter?: number) =>
  new CustodyError({ kind, code, message, field, retryAfter });

export const errors = {
  invalid: make('invalid'),
  unauthenticated: make('unauthenticated'),
  denied: make('denied'),
  notFound: make('not-found'),
  alreadyExists: make('already-exists'),
  state: make('state'),
  conflict: make('conflict'),
  tooLarge: make('too-large'),
  limit: make('limit'),
  notImplemented: make('not-implemented'),
  lost: make('lost'),
  unavailable: make('unavailable'),
};

/** For the end of an exhaustive switch: compiles only when nothing is left. */
export function never(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
