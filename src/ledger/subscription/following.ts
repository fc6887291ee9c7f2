import { setTimeout as sleep } from 'node:timers/promises';
import { RecordedEvent } from '../../core/index.js';
import { Delivery, Ledger } from '../port/ledger.js';
import { LedgerUnavailable } from '../port/errors.js';

export interface Follow {
  /** Its types can't be changed: other types are another group. */
  readonly group: string;
  readonly types: readonly string[];
  /** One event at a time for all servers together, in the order of the log. */
  readonly ordered?: boolean;
  /** Each time before events are asked for. What it throws is told, and it is called again. */
  readonly prepare?: () => Promise<void>;
  /** Must have one effect, however often it is called. What it throws is told, and it is called again. */
  readonly handle: (event: RecordedEvent, stopping: AbortSignal) => Promise<void>;
  readonly warn: (why: string) => void;
  readonly retryMs: number;
}

const NO_LIMIT = 1_000_000;

/** Does what has to follow an event: at least once, from the log, over crashes, and never given up. */
export class Following {
  private readonly stopping = new AbortController();
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly ledger: Ledger,
    private readonly what: Follow,
  ) {}

  start(): void {
    this.work = this.follow();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.consume(signal).catch((error: unknown) => this.warn(error));
      await this.pause();
    }
  }

  private async consume(signal: AbortSignal): Promise<void> {
    const { group, types, ordered = false, prepare } = this.what;
    await prepare?.();
    const consumer = await this.ledger.consume(group, { types, startFrom: 'start', ordered, maxRetries: NO_LIMIT });
    const close = () => void consumer.close().catch(() => undefined);
    signal.addEventListener('abort', close, { once: true });
    try {
      if (signal.aborted) return;
      for await (const delivery of consumer) await this.deliver(delivery);
    } finally {
      signal.removeEventListener('abort', close);
      await consumer.close();
    }
  }

  /** What is not acknowledged, because the server stops, comes again. */
  private async deliver(delivery: Delivery): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.what.handle(delivery.event, this.stopping.signal);
        return await delivery.ack();
      } catch (error) {
        this.warn(error);
        await this.pause();
        // That the log is away is no fault of the event: nothing is decided about it until the log is back.
        if (!(error instanceof LedgerUnavailable) && !this.stopping.signal.aborted)
          return delivery.nack('retry', error instanceof Error ? error.message : String(error));
      }
    }
  }

  private async pause(): Promise<void> {
    await sleep(this.what.retryMs, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }

  /** What breaks off because the server stops is no trouble: it comes again. */
  private warn(error: unknown): void {
    if (this.stopping.signal.aborted) return;
    this.what.warn(error instanceof Error ? error.message : String(error));
  }
}
