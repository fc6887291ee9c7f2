import { NewEvent, Position, RecordedEvent } from '../../core/index.js';

/**
 * The append-only log: the only source of truth. Every adapter passes the one contract suite in
 * `ledger/contract`, word for word the same.
 */
export interface Ledger {
  /** For people and logs: `sqlite:///data/log.db`, never with a secret in it. */
  readonly description: string;

  /**
   * Appends all events or none and resolves once they are durable. The same event ids again (to the same
   * stream) answer the first result, whatever `expected` says: a retry after a lost answer is one write.
   * @throws RevisionConflict when the stream is not as expected
   * @throws IdempotencyViolation when only some of the ids are known, or they are in another stream or order
   * @throws EventTooLarge, InvalidStreamName, LedgerUnavailable
   */
  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult>;

  /**
   * One page of a stream, oldest first (or newest first when `backwards`). A stream that does not exist
   * is empty. `from` is inclusive; it defaults to the first (the last) revision, `limit` to 1,000.
   */
  read(stream: string, options?: ReadStream): Promise<readonly RecordedEvent[]>;

  /** One page of the whole log in global order, after (or, backwards, before) a position, exclusive. */
  readAll(options?: ReadAll): Promise<readonly RecordedEvent[]>;

  /** Everything after a position in global order, first what is there, then what comes, in batches. */
  subscribe(options?: SubscribeOptions): AsyncIterable<SubscriptionMessage> & AsyncDisposable;

  /** Competing consumers: each event of the group goes to one of them, at least once, until it is acknowledged. */
  consume(group: string, options: ConsumeOptions): Promise<Consumer>;

  /** Events of the group that were given up after `maxRetries`, oldest first. */
  parked(group: string): Promise<readonly ParkedEvent[]>;
  /** Delivers the parked events again; answers how many. */
  replayParked(group: string): Promise<number>;

  /** Position of the last event, 0 when there is none. */
  head(): Promise<Position>;

  /** Resolves when an append could succeed now. @throws LedgerUnavailable with the reason */
  probe(): Promise<void>;

  close(): Promise<void>;
}

/** An exact last revision, or: the stream must not exist, must exist, may be anything. */
export type ExpectedRevision = number | 'none' | 'exists' | 'any';

export interface AppendResult {
  /** Revision and position of the last event appended. */
  readonly revision: number;
  readonly position: Position;
  /** True when the events had been there already. */
  readonly repeated: boolean;
}

export interface ReadStream {
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

export interface ReadAll {
  /** Exclusive: forwards what comes after it, backwards what comes before it. */
  readonly from?: Position;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

export interface SubscribeOptions {
  /** Exclusive; the start of the log by default. */
  readonly after?: Position;
  /** Largest batch, 1,000 by default. */
  readonly batch?: number;
  readonly signal?: AbortSignal;
}

/** `caught-up` comes each time the subscription has handed out all there was. */
export type SubscriptionMessage =
  | { readonly kind: 'events'; readonly events: readonly RecordedEvent[] }
  | { readonly kind: 'caught-up'; readonly position: Position };

export interface ConsumeOptions {
  /** Only events of these types. */
  readonly types: readonly string[];
  /** Where a group that does not exist yet begins. `start` by default. */
  readonly startFrom?: 'start' | 'end';
  /** Deliveries that fail more often than this are parked. 10 by default. */
  readonly maxRetries?: number;
  /** A delivery that is neither acknowledged nor refused within this time goes to another consumer. 30 minutes by default. */
  readonly ackTimeoutMs?: number;
  /** Deliveries that one consumer holds at a time, 1 by default. */
  readonly inFlight?: number;
  /**
   * One delivery at a time for the whole group, in the order of the log: while anybody holds one, also somebody
   * who died a moment ago, nobody gets the next. What was parked and is replayed comes when it is replayed.
   */
  readonly ordered?: boolean;
}

/**
 * One consumer of a group. Closing it, or the death of its process, gives its deliveries back to the
 * group (within seconds). Iteration ends when it is closed.
 */
export interface Consumer extends AsyncIterable<Delivery> {
  close(): Promise<void>;
}

export interface Delivery {
  readonly event: RecordedEvent;
  /** 0 at the first delivery. */
  readonly retries: number;
  ack(): Promise<void>;
  /** `retry` hands it out again (and parks it after `maxRetries`), `park` gives it up at once. */
  nack(action: 'retry' | 'park', reason: string): Promise<void>;
}

export interface ParkedEvent {
  readonly event: RecordedEvent;
  readonly reason: string;
}

/** A command must never need a larger one. The data as UTF-8 JSON; EventStoreDB's own default limit for an append is 1 MiB. */
export const MAX_EVENT_BYTES = 900 * 1024;
export const MAX_APPEND_BYTES = 1000 * 1024;

export const DEFAULT_PAGE = 1000;

/** For dependency injection. */
export const LEDGER = Symbol('ledger');
