import { LRUCache } from 'lru-cache';
import {
  CommandContext,
  Decider,
  derivedId,
  DomainEvent,
  EventCatalogue,
  EventId,
  JsonObject,
  NewEvent,
  Position,
  RecordedEvent,
  START,
  uuidv7,
} from '../../core/index.js';
import { DEFAULT_PAGE, Ledger } from '../port/index.js';
import { Lane } from './lane.js';

/** What a command did. No events: the state was already as asked. */
export interface Written<E extends DomainEvent = DomainEvent, S = unknown> {
  readonly events: readonly E[];
  /** Position of the last event written; when there was nothing to write, of the last event decided upon. */
  readonly position: Position;
  /** The state after it. */
  readonly state: S;
}

/** A durable state: what the log's events up to this revision make of it. */
export interface Settled<S> {
  readonly decider: unknown;
  readonly state: S;
  /** -1 for a stream that does not exist. */
  readonly revision: number;
  readonly position: Position;
}

const CACHED_STREAMS = 20_000;

/**
 * Load → decide → append, the one way a command changes anything.
 *
 * States are cached by stream revision, so a load reads only what is new. Commands on one stream go
 * through its lane: those that come while an append is under way are decided one after another on the
 * state it leads to, and go out together as the next append. Correctness rests on the expected revision
 * alone: a lane only saves the races that commands of one process would lose against each other.
 */
export class DecisionMaker {
  private readonly cache = new LRUCache<string, Settled<unknown>>({ max: CACHED_STREAMS });
  /** Streams with a command under way. */
  private readonly lanes = new Map<string, Lane>();

  constructor(
    private readonly ledger: Ledger,
    private readonly catalogue: EventCatalogue,
  ) {}

  /** The present state of a stream, durable and up to date. */
  load<S, C, E extends DomainEvent>(decider: Decider<S, C, E>, stream: string): Promise<Settled<S>> {
    return this.refresh(decider, stream);
  }

  /** @throws CustodyError with the decider's refusal, or kind `conflict` after too many lost races */
  decide<S, C, E extends DomainEvent>(
    decider: Decider<S, C, E>,
    stream: string,
    command: C,
    context: CommandContext,
  ): Promise<Written<E, S>> {
    let lane = this.lanes.get(stream);
    if (!lane) {
      lane = new Lane(stream, {
        ledger: this.ledger,
        refresh: (its) => this.refresh(its, stream),
        settle: (settled) => this.settle(stream, settled),
        envelop: (events, its) => this.envelop(stream, events, its),
        idle: () => void this.lanes.delete(stream),
      });
      this.lanes.set(stream, lane);
    }
    return lane.add(decider, command, context);
  }

  /**
   * Appends events that need no look at their own stream's past (metric points: every order is right, and
   * the same point twice is one point).
   */
  async record(stream: string, events: readonly DomainEvent[], context: CommandContext): Promise<Position> {
    const { position } = await this.ledger.append(stream, this.envelop(stream, events, context), 'any');
    context.bookmark.advance(position);
    return position;
  }

  /** The events of a stream, those before a position only where one is given: for questions about the past. Nothing is kept of it. */
  async *history<E extends DomainEvent>(stream: string, before?: Position): AsyncGenerator<RecordedEvent & E> {
    for (let from = 0; ; from += DEFAULT_PAGE) {
      const page = await this.ledger.read(stream, { from, limit: DEFAULT_PAGE });
      for (const event of page) {
        if (before !== undefined && event.position >= before) return;
        yield this.catalogue.upcast<RecordedEvent & E>(event);
      }
      if (page.length < DEFAULT_PAGE) return;
    }
  }

  private async refresh<S, C, E extends DomainEvent>(decider: Decider<S, C, E>, stream: string): Promise<Settled<S>> {
    const known = this.cache.get(stream);
    let now: Settled<S> =
      known?.decider === decider
        ? (known as Settled<S>)
        : { decider, state: decider.initial, revision: -1, position: START };
    for (;;) {
      const page = await this.ledger.read(stream, { from: now.revision + 1, limit: DEFAULT_PAGE });
      const last = page.at(-1);
      if (last) {
        const state = page.reduce((at, event) => decider.evolve(at, this.catalogue.upcast<E>(event)), now.state);
        now = { decider, state, revision: last.revision, position: last.position };
      }
      if (page.length < DEFAULT_PAGE) break;
    }
    this.settle(stream, now);
    return now;
  }

  /** Several may finish reading in any order; the furthest counts. */
  private settle(stream: string, settled: Settled<unknown>): void {
    const known = this.cache.peek(stream);
    if (!known || known.decider !== settled.decider || known.revision <= settled.revision)
      this.cache.set(stream, settled);
  }

  private envelop(stream: string, events: readonly DomainEvent[], context: CommandContext): readonly NewEvent[] {
    const { actor, reason, origin, correlationId, causationId, idempotencyKey } = context;
    return events.map(({ type, data }, index) => ({
      id: (idempotencyKey === undefined ? uuidv7() : derivedId(idempotencyKey, stream, type, index)) as EventId,
      type,
      schema: this.catalogue.schemaOf(type),
      actor,
      reason,
      origin,
      correlationId,
      causationId,
      data: data as JsonObject,
    }));
  }
}
