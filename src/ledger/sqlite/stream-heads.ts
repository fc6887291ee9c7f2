import { LRUCache } from 'lru-cache';
import { Position, RecordedEvent, START } from '../../core/index.js';

const REMEMBERED = 50_000;
/** With more news than this it is cheaper to forget everything than to find out what changed. */
const MAX_NEWS = 1000;
/**
 * A turn of the event loop may take long on a busy machine: a request that comes in it must see what another process
 * acknowledged before it was sent. No answer of one process and request to another fits into this time.
 */
const FRESH_MS = 0.1;

interface Log {
  head(): Position;
  streamsBetween(after: Position, upTo: Position): readonly string[];
}

/**
 * Answers "is there anything new in this stream?" without a look at the stream: a command reads the few
 * streams that it depends on again and again, and nearly always nothing has changed. Once a turn of the
 * event loop (or more often, when turns take long), one look at the head of the log finds what any process has
 * appended since the last one.
 * What a command then decides is still held to the revision that it expects.
 */
export class StreamHeads {
  private readonly ends = new LRUCache<string, number>({ max: REMEMBERED });
  private seen: Position = START;
  private fresh = false;
  private lookedAt = 0;

  constructor(private readonly log: Log) {}

  /** True when the stream certainly has no event from this revision on. */
  endsBefore(stream: string, from: number): boolean {
    this.refresh();
    const end = this.ends.get(stream);
    return end !== undefined && end <= from;
  }

  /** To be told what a read of everything from a revision on has found. */
  learn(stream: string, from: number, found: readonly RecordedEvent[]): void {
    this.ends.set(stream, from + found.length);
  }

  /** Our own commit must be seen at once. */
  expire(): void {
    this.fresh = false;
  }

  private refresh(): void {
    const now = performance.now();
    if (this.fresh && now - this.lookedAt < FRESH_MS) return;
    if (!this.fresh) setImmediate(() => (this.fresh = false));
    this.fresh = true;
    this.lookedAt = now;
    const head = this.log.head();
    if (head === this.seen) return;
    if (head - this.seen > MAX_NEWS) this.ends.clear();
    else for (const stream of this.log.streamsBetween(this.seen, head)) this.ends.delete(stream);
    this.seen = head;
  }
}
