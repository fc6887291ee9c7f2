import { Inject, Injectable, Logger, OnApplicationShutdown, OnModuleInit, Optional } from '@nestjs/common';
import { Bookmark, CommandContext, errors, Position } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { Keystore } from '../keystore/index.js';
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
  private readonly bookmark = new Bookmark();
  private readonly open = new Map<string, ReadBatch>();
  /** Closed, oldest first. A batch stays until it is written; what is in it no longer changes, so a retry is the same write. */
  private waiting: ReadBatch[] = [];
  /** Entries in all batches that are not written yet. */
  private held = 0;
  private writing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly decisions: DecisionMaker,
    private readonly keystore: Keystore,
    @Optional() @Inject(TRAIL_SETTINGS) private readonly settings: TrailSettings = DEFAULT_TRAIL,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush().catch(() => undefined), this.settings.readsMs).unref();
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
    const oldest = this.waiting[0] ?? this.open.values().next().value;
    if (!oldest) return;
    const late = performance.now() - oldest.since > LATE * this.settings.readsMs;
    if (!late && this.held < MAX_WAITING) return;
    void this.flush().catch(() => undefined);
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
    }
    this.held += batch.add(read, context.now);
    if (!batch.full) return;
    this.open.delete(key);
    this.waiting.push(batch);
    void this.flush().catch(() => undefined);
  }

  /** Writes down every read so far. Answers the position behind them; a reader of the trail should wait for it. */
  async flush(): Promise<Position> {
    // One write at a time: what comes meanwhile goes with the next.
    while (this.writing) await this.writing.catch(() => undefined);
    this.waiting.push(...this.open.values());
    this.open.clear();
    if (this.waiting.length === 0) return this.bookmark.position;
    this.writing = this.write().finally(() => (this.writing = undefined));
    await this.writing;
    return this.bookmark.position;
  }

  private async write(): Promise<void> {
    try {
      for (let batch = this.waiting[0]; batch; batch = this.waiting[0]) {
        const { context, id } = batch;
        // The reason and the correlation of a request are not those of the others in its batch.
        const own = { ...context, reason: undefined, correlationId: id, bookmark: this.bookmark, idempotencyKey: id };
        await this.decisions.record(readsStream(context.now), [batch.event()], own);
        this.waiting.shift();
        this.held -= batch.size;
      }
    } catch (cause) {
      this.logger.warn({ err: cause, entries: this.held }, 'reads can’t be written down now; trying again');
      throw cause;
    }
  }
}
