import type { Logger } from '@nestjs/common';
import { Bookmark, CommandContext, DomainEvent, Position } from '../core/index.js';
import { DecisionMaker } from '../ledger/index.js';

/** Something that was gathered and is closed: it does not change any more, so that a retry is the same write. */
export interface Outgoing {
  /** Event ids derive from it: written twice, it is there once. */
  readonly id: string;
  readonly stream: string;
  readonly event: () => DomainEvent;
  /** Of the first request that it tells of. */
  readonly context: CommandContext;
  readonly written?: () => void;
}

/** Events that are written in the background, in order; what can't be written now waits and is tried again. */
export class Outbox {
  private readonly waiting: Outgoing[] = [];
  private readonly bookmark = new Bookmark();
  private writing: Promise<void> | undefined;
  /** Whether the last try went wrong. */
  failing = false;

  constructor(
    private readonly decisions: DecisionMaker,
    private readonly logger: Logger,
    private readonly what: string,
  ) {}

  get length(): number {
    return this.waiting.length;
  }

  add(outgoing: Outgoing): void {
    this.waiting.push(outgoing);
  }

  /** Answers the position behind everything that it has written. @throws what the log throws */
  async flush(): Promise<Position> {
    // One write at a time: what comes meanwhile goes with the next.
    while (this.writing) await this.writing.catch(() => undefined);
    if (this.waiting.length > 0) {
      this.writing = this.write().finally(() => (this.writing = undefined));
      await this.writing;
    }
    return this.bookmark.position;
  }

  private async write(): Promise<void> {
    try {
      for (let next = this.waiting[0]; next; next = this.waiting[0]) {
        const { id, stream, context } = next;
        // Reason and correlation of the first request are not those of the others.
        const own = { ...context, reason: undefined, correlationId: id, bookmark: this.bookmark, idempotencyKey: id };
        await this.decisions.record(stream, [next.event()], own);
        this.waiting.shift();
        next.written?.();
      }
      this.failing = false;
    } catch (cause) {
      this.failing = true;
      this.logger.warn({ err: cause, waiting: this.waiting.length }, `${this.what} can’t be written now; trying again`);
      throw cause;
    }
  }
}
