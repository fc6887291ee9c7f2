import { EventTooLarge, LedgerCorrupted, LedgerUnavailable } from '../port/index.js';

/**
 * What can go wrong between here and the server, in the adapter's own words. After `unreachable` nobody
 * knows whether a write took effect.
 */
export type FailureKind =
  | 'wrong-version'
  | 'stream-deleted'
  | 'denied'
  | 'too-large'
  | 'unreachable'
  | 'not-leader'
  | 'no-group'
  | 'group-exists'
  | 'group-dropped'
  | 'group-full'
  | 'refused';

export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
  constructor(
    readonly kind: FailureKind,
    message: string,
    /** For `wrong-version`: the stream's last revision. */
    readonly actual: number | 'none' = 'none',
    options?: ErrorOptions & {
      /** The library won't recover from this by itself. */
      readonly stuck?: boolean;
    },
  ) {
    super(message, options);
    this.stuck = options?.stuck ?? false;
  }

  readonly stuck: boolean;

  /** Trying again, with the same event ids, may help and does no harm. */
  get passing(): boolean {
    return this.kind === 'unreachable' || this.kind === 'not-leader' || this.kind === 'group-dropped';
  }
}

const BY_EXCEPTION: Readonly<Record<string, FailureKind>> = {
  'wrong-expected-version': 'wrong-version',
  'stream-deleted': 'stream-deleted',
  'access-denied': 'denied',
  'maximum-append-size-exceeded': 'too-large',
  'maximum-append-event-size-exceeded': 'too-large',
  'not-leader': 'not-leader',
  'persistent-subscription-does-not-exist': 'no-group',
  'persistent-subscription-exists': 'group-exists',
  'persistent-subscription-dropped': 'group-dropped',
  'maximum-subscribers-reached': 'group-full',
  unavailable: 'unreachable',
  timeout: 'unreachable',
  'deadline-exceeded': 'unreachable',
  cancelled: 'unreachable',
};

/** gRPC's codes, where the trailers name no exception. */
const BY_CODE: Readonly<Record<number, FailureKind>> = {
  3: 'refused', // invalid argument
  7: 'denied',
  8: 'refused', // a message beyond a limit of gRPC's own
  12: 'refused', // unimplemented: not an event store, or too old
  16: 'denied',
};

/** Cancelled, deadline, aborted, unavailable: the library finds another channel, or the channel is sound. */
const RECOVERED: ReadonlySet<number> = new Set([1, 4, 10, 14]);

interface ErrorShape {
  readonly message?: string;
  readonly type?: string;
  readonly code?: number;
  readonly metadata?: { getMap?(): Record<string, unknown> };
  readonly _raw?: ErrorShape;
}

/**
 * Sorts the library's errors, gRPC's, and anything else. What is not known to be a refusal counts as
 * unreachable: broken sockets, failed discovery and internal errors of a server that is going down.
 */
export function failureOf(error: unknown): StoreFailure {
  if (error instanceof StoreFailure) return error;
  const shape = error as ErrorShape;
  const raw = shape._raw ?? shape;
  const exception = raw.metadata?.getMap?.()['exception'] ?? shape.type;
  const named = typeof exception === 'string' ? BY_EXCEPTION[exception] : undefined;
  const kind = named ?? BY_CODE[raw.code ?? -1] ?? (shape.type === 'unsupported' ? 'refused' : 'unreachable');
  const stuck = kind === 'unreachable' && !RECOVERED.has(raw.code ?? -1);
  return new StoreFailure(kind, WORDS[kind], 'none', { cause: error, stuck });
}

const WORDS: Readonly<Record<FailureKind, string>> = {
  'wrong-version': 'the stream is not at the expected revision',
  'stream-deleted': 'the stream has been deleted in the event store',
  denied: "the event store refuses Custody's account",
  'too-large': 'the event store takes no append of this size',
  unreachable: 'the event store does not answer',
  'not-leader': 'the event store is looking for its leader',
  'no-group': 'the consumer group does not exist in the event store',
  'group-exists': 'the consumer group exists in the event store already',
  'group-dropped': 'the event store has dropped the consumer group',
  'group-full': 'the event store takes no more consumers for this group',
  refused: 'the event store refuses the call',
};

/** The port's errors, for whoever asked. Causes are kept for the log; messages never hold the server's text. */
export function toPortError(failure: StoreFailure, about: { stream?: string; bytes?: number } = {}): Error {
  const { kind } = failure;
  if (kind === 'stream-deleted') {
    return new LedgerCorrupted(`stream ${about.stream ?? ''} has been deleted in the event store`, { cause: failure });
  }
  if (kind === 'too-large') return new EventTooLarge('append', about.bytes ?? 0);
  if (failure.passing) return new LedgerUnavailable(failure.message, 'unreachable', { cause: failure });
  return new LedgerUnavailable(failure.message, kind === 'group-full' ? 'busy' : 'io', { cause: failure });
}
