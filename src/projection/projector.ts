import { EventEmitter } from 'node:events';
import { EventCatalogue, Position, RecordedEvent, START } from '../core/index.js';
import { Ledger } from '../ledger/port/index.js';
import { Projection, ProjectionContext } from './projection.js';
import { ReadModelFile } from './read-models.js';
import { Statements } from './statements.js';

export interface ProjectorOptions {
  readonly ledger: Ledger;
  readonly catalogue: EventCatalogue;
  readonly projections: readonly Projection[];
  readonly context: ProjectionContext;
  /** Types of events by which personal data goes: afterwards no byte of it is left in the file. */
  readonly erasing?: readonly string[];
  /** Events a transaction. */
  readonly batch?: number;
}

const BATCH = 2000;

/**
 * Follows the log and keeps the read models: each batch of events and the checkpoint behind it are one
 * transaction, so a crash anywhere leaves tables that are exactly the log up to the checkpoint.
 */
export class Projector {
  private readonly progress = new EventEmitter().setMaxListeners(0);
  private position: Position;
  private readonly apply: (events: readonly RecordedEvent[]) => Position;

  constructor(
    private readonly options: ProjectorOptions,
    private readonly target: ReadModelFile,
  ) {
    this.position = target.checkpoint;
    this.apply = applier(options, target);
  }

  /** Everything up to here is in the read models. */
  get checkpoint(): Position {
    return this.position;
  }

  /** Follows the log until the signal aborts; rejects when an event can't be applied. */
  async follow(signal: AbortSignal): Promise<void> {
    const { ledger, batch = BATCH } = this.options;
    for await (const message of ledger.subscribe({ after: this.position, batch, signal })) {
      if (message.kind === 'events') this.take(message.events);
    }
  }

  /** Applies what is in the log now and stops. */
  async catchUp(
    onProgress: (checkpoint: Position, events: number) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<number> {
    const { ledger, batch = BATCH } = this.options;
    let events = 0;
    for (;;) {
      signal?.throwIfAborted();
      const page = await ledger.readAll({ from: this.position, limit: batch });
      if (page.length === 0) {
        this.target.scrub();
        return events;
      }
      this.take(page);
      events += page.length;
      onProgress(this.position, events);
      // Signals, messages and timers get their turn between two batches.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  onProgress(listener: (checkpoint: Position) => void): () => void {
    this.progress.on('checkpoint', listener);
    return () => this.progress.off('checkpoint', listener);
  }

  private take(events: readonly RecordedEvent[]): void {
    this.position = this.apply(events);
    this.progress.emit('checkpoint', this.position);
    this.target.scrub();
  }
}

/**
 * One transaction: events and checkpoint. The checkpoint is read inside it, so that two servers on one
 * data folder share the work instead of doing it twice.
 */
function applier(
  { catalogue, projections, context, erasing = [] }: ProjectorOptions,
  target: ReadModelFile,
): (events: readonly RecordedEvent[]) => Position {
  const { db } = target;
  const appliers = projections.map((projection) => projection.prepare(new Statements(db), context));
  const checkpoint = db.prepare<[], { value: string }>("SELECT value FROM custody_meta WHERE key = 'checkpoint'");
  const advance = db.prepare("UPDATE custody_meta SET value = ? WHERE key = 'checkpoint'");
  const name = db.prepare("UPDATE custody_meta SET value = ? WHERE key = 'log'");
  const take = (events: readonly RecordedEvent[]): Position => {
    const done = Number(checkpoint.get()!.value) as Position;
    for (const { batch } of appliers) batch?.begin();
    for (const event of events) {
      if (event.position <= done) continue;
      const current = catalogue.upcast<RecordedEvent>(event);
      for (const apply of appliers) apply(current);
      if (erasing.includes(event.type)) target.mustScrub();
    }
    for (const { batch } of appliers) batch?.end();
    const last = events.at(-1)!.position;
    if (last <= done) return done;
    if (done === START) name.run(events[0]!.id);
    advance.run(String(last));
    return last;
  };
  const transaction = db.transaction(take);
  return (events: readonly RecordedEvent[]) => transaction.immediate(events);
}
