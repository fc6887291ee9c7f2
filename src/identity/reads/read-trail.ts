import { Inject, Injectable, Logger, OnApplicationShutdown, OnModuleInit, Optional } from '@nestjs/common';
import { CommandContext, errors, Position } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { Keystore } from '../keystore/index.js';
import { Outbox } from '../outbox.js';
import { DEFAULT_TRAIL, TRAIL_SETTINGS } from '../trail-settings.js';
import type { TrailSettings } from '../trail-settings.js';
import { Read, ReadBatch } from './batch.js';
import { readsStream } from './events.js';

/** Entries that wait in memory, of all readers together, some kilobytes each at worst. */
const MAX_WAITING = 20_000;
/** So many intervals after its first read a batch should long be written. */
const LATE = 3;

/**
 * Writes down who read what, many reads at a time: one event a reader and interval, so that a read costs
 * microseconds and no flush to disk. What a crash loses is at most the reads of one interval. Nobody can
 * switch it off by breaking the log: once a batch waits too long, or too much waits, no read is answered.
 */
@Injectable()
export class ReadTrail implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(ReadTrail.name);
  private readonly outbox: Outbox;
  private readonly open = new Map<string, ReadBatch>();
  /** All that are not written yet, oldest first. */
  private readonly unwritten = new Set<ReadBatch>();
  /** Their entries. */
  private held = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    decisions: DecisionMaker,
    private readonly keystore: Keystore,
    @Optional() @Inject(TRAIL_SETTINGS) private readonly settings: TrailSettings = DEFAULT_TRAIL,
  ) {
    this.outbox = new Outbox(decisions, this.logger, 'reads');
  }

  onModuleInit(): void {
    this.timer = setInterval(() => this.flushSoon(), this.settings.readsMs).unref();
  }

  /** After the last request has been answered, and before the log is closed. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush().catch(() => undefined);
    if (this.held === 0) return;
    this.logger.error({ entries: this.held }, 'reads could not be written down before the end, and are lost');
  }

  /** @throws CustodyError kind `unavailable`, before anything is read, while reads can't be written down */
  assertRecordable(): void {
    const oldest = this.unwritten.values().next().value;
    if (!oldest) return;
    const late = performance.now() - oldest.since > LATE * this.settings.readsMs;
    if (!late && this.held < MAX_WAITING) return;
    this.flushSoon();
    const message = 'reads can’t be written down in the audit trail now, so nothing is shown; try again later';
    throw errors.unavailable('trail-unavailable', message);
  }

  /** Only what was answered: a refusal is an event of its own, and what there is not was not read. */
  note(context: CommandContext, read: Read): void {
    const { actor, origin } = context;
    const key = `${actor.id}\n${actor.via}\n${origin.client?.box ?? ''}`;
    let batch = this.open.get(key);
    if (!batch) {
      batch = new ReadBatch(context, (text) => this.keystore.lookupDigest(`query:${text}`));
      this.open.set(key, batch);
      this.unwritten.add(batch);
    }
    this.held += batch.add(read, context.now);
    if (!batch.full) return;
    this.close(key, batch);
    this.flushSoon();
  }

  /** Writes down every read so far. Answers the position behind them; a reader of the trail should wait for it. */
  flush(): Promise<Position> {
    for (const [key, batch] of this.open) this.close(key, batch);
    return this.outbox.flush();
  }

  private flushSoon(): void {
    // What went wrong is in the log of the server, and tried again.
    void this.flush().catch(() => undefined);
  }

  private close(key: string, batch: ReadBatch): void {
    this.open.delete(key);
    const { id, context } = batch;
    const written = () => {
      this.unwritten.delete(batch);
      this.held -= batch.size;
    };
    this.outbox.add({ id, context, stream: readsStream(context.now), event: () => batch.event(), written });
  }
}
