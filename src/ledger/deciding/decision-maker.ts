import { LRUCache } from 'lru-cache';
import {
  CommandContext,
  CustodyError,
  Decider,
  derivedId,
  DomainEvent,
  EventCatalogue,
  EventId,
  JsonObject,
  NewEvent,
  Position,
  uuidv7,
} from '../../core/index.js';
import { AppendResult, DEFAULT_PAGE, Ledger, RevisionConflict } from '../port/index.js';

/** What a command did. No events: the state was already as asked. */
export interface Written<E extends DomainEvent = DomainEvent, S = unknown> {
  readonly events: readonly E[];
  /** Position of the last event written, 0 when there was nothing to write. */
  readonly position: Position;
  /** The state after it. */
  readonly state: S;
}

interface Cached {
  readonly decider: unknown;
  readonly state: unknown;
  /** -1 for a stream that does not exist. */
  readonly revision: number;
  /** The append that must succeed for this state to be true; settled states have none. */
  readonly pending?: Promise<unknown>;
}

const MAX_ATTEMPTS = 24;
const CACHED_STREAMS = 20_000;

/**
 * Load → decide → append, the one way a command changes anything.
 *
 * States are cached by stream revision, so a load reads only what is new. Commands on one stream are
 * pipelined: the next one decides on the state that the append under way will lead to, and expects its
 * revision. If that append fails, the followers conflict and start over from the log; nothing is
 * answered from a state that is not durable. Correctness rests on the expected revision alone.
 */
export class DecisionMaker {
  private readonly cache = new LRUCache<string, Cached>({ max: CACHED_STREAMS });

  constructor(
    private readonly ledger: Ledger,
    private readonly catalogue: EventCatalogue,
  ) {}

  /** The present state of a stream, durable and up to date. */
  async load<S, C, E extends DomainEvent>(
    decider: Decider<S, C, E>,
    stream: string,
  ): Promise<{ state: S; revision: number }> {
    const { pending } = this.cache.get(stream) ?? {};
    if (pending) await pending.catch(() => undefined);
    return this.refresh(decider, stream);
  }

  /** @throws CustodyError with the decider's refusal, or kind `conflict` after too many lost races */
  async decide<S, C, E extends DomainEvent>(
    decider: Decider<S, C, E>,
    stream: string,
    command: C,
    context: CommandContext,
  ): Promise<Written<E, S>> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const known = this.cache.get(stream);
      const base: Cached & { state: S } =
        known?.pending && known.decider === decider
          ? { ...known, state: known.state as S }
          : await this.refresh(decider, stream);
      const decision = decider.decide(command, base.state);
      if (!decision.ok || decision.events.length === 0) {
        if (base.pending && !(await settled(base.pending))) continue;
        if (!decision.ok) throw new CustodyError(decision.refusal);
        return { events: [], position: 0 as Position, state: base.state };
      }
      const written = await this.append(decider, stream, base, decision.events, context);
      if (written) return written;
      if (attempt > 3) await new Promise((resolve) => setTimeout(resolve, Math.random() * 2 * attempt));
    }
    throw new CustodyError({
      kind: 'conflict',
      code: 'too-many-conflicts',
      message: 'other writers kept changing the same thing; try again',
    });
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

  private async append<S, C, E extends DomainEvent>(
    decider: Decider<S, C, E>,
    stream: string,
    base: Cached,
    events: readonly E[],
    context: CommandContext,
  ): Promise<Written<E, S> | undefined> {
    const state = events.reduce(decider.evolve, base.state as S);
    const revision = base.revision + events.length;
    const pending = this.ledger.append(
      stream,
      this.envelop(stream, events, context),
      base.revision < 0 ? 'none' : base.revision,
    );
    const speculative: Cached = { decider, state, revision, pending: wroteSomething(pending) };
    this.cache.set(stream, speculative);
    try {
      const { position, repeated } = await pending;
      if (!repeated && this.cache.peek(stream) === speculative) this.cache.set(stream, { decider, state, revision });
      context.bookmark.advance(position);
      // Sent before under the same idempotency key: what counts is what was decided then.
      if (repeated) {
        this.cache.delete(stream);
        return { events, position, state: (await this.refresh(decider, stream)).state };
      }
      return { events, position, state };
    } catch (error) {
      // Whatever was decided on top of this is void too.
      this.cache.delete(stream);
      if (error instanceof RevisionConflict) return undefined;
      throw error;
    }
  }

  private async refresh<S, C, E extends DomainEvent>(
    decider: Decider<S, C, E>,
    stream: string,
  ): Promise<Cached & { state: S }> {
    const known = this.cache.get(stream);
    const usable = known && known.decider === decider && !known.pending;
    let state = usable ? (known.state as S) : decider.initial;
    let revision = usable ? known.revision : -1;
    for (;;) {
      const page = await this.ledger.read(stream, { from: revision + 1, limit: DEFAULT_PAGE });
      for (const event of page) {
        state = decider.evolve(state, this.catalogue.upcast<E>(event));
        revision = event.revision;
      }
      if (page.length < DEFAULT_PAGE) break;
    }
    const fresh = { decider, state, revision };
    const now = this.cache.get(stream);
    if (!now || now.revision <= revision) this.cache.set(stream, fresh);
    return fresh;
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

/** Rejects also when the events had been there already: then the state that was expected of them is not the log's. */
function wroteSomething(pending: Promise<AppendResult>): Promise<void> {
  const wrote = pending.then(({ repeated }) => {
    if (repeated) throw new Error('these events were in the log already');
  });
  // Whoever decides on top of it looks; when nobody does, its failure is told by the append itself.
  wrote.catch(() => undefined);
  return wrote;
}

const settled = (pending: Promise<unknown>): Promise<boolean> =>
  pending.then(
    () => true,
    () => false,
  );
