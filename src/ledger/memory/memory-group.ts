import { never, RecordedEvent } from '../../core/index.js';
import { ConsumeOptions, Delivery, ParkedEvent } from '../port/index.js';
import { Bell } from '../subscription/index.js';

interface Waiting {
  readonly event: RecordedEvent;
  readonly retries: number;
}

interface Held extends Waiting {
  readonly owner: symbol;
  readonly timer: NodeJS.Timeout;
}

/** The state of a group of competing consumers. Each event is in one place: not reached yet, waiting, held, parked, or done. */
export class MemoryGroup {
  private waiting: Waiting[] = [];
  private held: Held[] = [];
  private parkedEvents: ParkedEvent[] = [];

  /** `next` is the index in the log that the group has not looked at yet. */
  constructor(
    private readonly log: readonly RecordedEvent[],
    private next: number,
    private readonly bell: Bell,
  ) {}

  take(owner: symbol, options: Required<ConsumeOptions>): Delivery | undefined {
    if (options.ordered && this.held.length > 0) return undefined;
    if (this.held.filter((each) => each.owner === owner).length >= options.inFlight) return undefined;
    const found = this.waiting.shift() ?? this.advance(options.types);
    if (!found) return undefined;
    const timer = setTimeout(() => this.retry(held, 'not acknowledged in time', options), options.ackTimeoutMs).unref();
    const held: Held = { ...found, owner, timer };
    this.held.push(held);
    return {
      ...found,
      ack: async () => void this.settle(held),
      nack: async (action, reason) => {
        switch (action) {
          case 'retry':
            return this.retry(held, reason, options);
          case 'park':
            return this.park(held, reason);
          default:
            return never(action);
        }
      },
    };
  }

  /** A consumer that closes has not failed: what it held comes again, uncounted. */
  release(owner: symbol): void {
    for (const held of this.held.filter((each) => each.owner === owner)) {
      if (this.settle(held)) this.wait(held.event, held.retries);
    }
  }

  parked(): readonly ParkedEvent[] {
    return this.parkedEvents;
  }

  replayParked(): number {
    const replayed = this.parkedEvents;
    this.parkedEvents = [];
    for (const { event } of replayed) this.wait(event, 0);
    return replayed.length;
  }

  private advance(types: readonly string[]): Waiting | undefined {
    while (this.next < this.log.length) {
      const event = this.log[this.next++]!;
      if (types.includes(event.type)) return { event, retries: 0 };
    }
    return undefined;
  }

  private retry(held: Held, reason: string, { maxRetries }: Required<ConsumeOptions>): void {
    if (held.retries >= maxRetries) return this.park(held, `failed ${held.retries + 1} times, at last: ${reason}`);
    if (this.settle(held)) this.wait(held.event, held.retries + 1);
  }

  private park(held: Held, reason: string): void {
    if (!this.settle(held)) return;
    this.parkedEvents = [...this.parkedEvents, { event: held.event, reason }].sort(
      (a, b) => a.event.position - b.event.position,
    );
  }

  private wait(event: RecordedEvent, retries: number): void {
    this.waiting = [...this.waiting, { event, retries }].sort((a, b) => a.event.position - b.event.position);
    this.bell.ring();
  }

  /** False when it is no longer held: the answer came too late, or twice. */
  private settle(held: Held): boolean {
    clearTimeout(held.timer);
    if (!this.held.includes(held)) return false;
    this.held = this.held.filter((each) => each !== held);
    this.bell.ring();
    return true;
  }
}
