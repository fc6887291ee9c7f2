import { Clock, NewEvent, Position, RecordedEvent, START } from '../../core/index.js';
import {
  AppendResult,
  assertStreamName,
  Consumer,
  ConsumeOptions,
  DEFAULT_PAGE,
  ExpectedRevision,
  Ledger,
  LedgerUnavailable,
  ParkedEvent,
  ReadAll,
  ReadStream,
  SubscribeOptions,
  SubscriptionMessage,
} from '../port/index.js';
import { deliver, follow, withDefaults } from '../subscription/index.js';
import { MemoryGroup } from './memory-group.js';
import { MemoryLog } from './memory-log.js';

/** A ledger for tests: keeps the whole contract, except that it ends with its process. */
export class MemoryLedger implements Ledger {
  readonly description = 'memory:';
  private readonly closing = new AbortController();

  /** Ledgers over one `log` are clients of it, as several processes are of a file. */
  constructor(
    clock: Clock,
    readonly log: MemoryLog = new MemoryLog(clock),
  ) {}

  async append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult> {
    return this.open().append(stream, events, expected);
  }

  async read(
    stream: string,
    { from, direction, limit = DEFAULT_PAGE }: ReadStream = {},
  ): Promise<readonly RecordedEvent[]> {
    assertStreamName(stream);
    const events = this.open().stream(stream);
    if (direction === 'backwards')
      return events
        .slice(0, (from ?? events.length) + 1)
        .reverse()
        .slice(0, limit);
    return events.slice(from ?? 0, (from ?? 0) + limit);
  }

  async readAll({ from, direction, limit = DEFAULT_PAGE }: ReadAll = {}): Promise<readonly RecordedEvent[]> {
    const { events } = this.open();
    // Positions count from 1, so the event at a position has the index before it.
    if (direction === 'backwards')
      return events
        .slice(0, from === undefined ? events.length : Math.max(from - 1, 0))
        .reverse()
        .slice(0, limit);
    return events.slice(from ?? 0, (from ?? 0) + limit);
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<SubscriptionMessage> & AsyncDisposable {
    const { events, bell } = this.open();
    const source = {
      readAfter: (position: Position, limit: number) => events.slice(position, position + limit),
      changed: (signal: AbortSignal) => bell.wait(signal),
    };
    return follow(source, options, this.closing.signal);
  }

  async consume(name: string, options: ConsumeOptions): Promise<Consumer> {
    const { events, groups, bell } = this.open();
    const all = withDefaults(options);
    const group = groups.get(name) ?? new MemoryGroup(events, all.startFrom === 'end' ? events.length : 0, bell);
    groups.set(name, group);
    const owner = Symbol(name);
    const release = () => group.release(owner);
    this.closing.signal.addEventListener('abort', release);
    return deliver(
      { take: () => group.take(owner, all), changed: (signal) => bell.wait(signal), release },
      this.closing.signal,
    );
  }

  async parked(group: string): Promise<readonly ParkedEvent[]> {
    return this.open().groups.get(group)?.parked() ?? [];
  }

  async replayParked(group: string): Promise<number> {
    return this.open().groups.get(group)?.replayParked() ?? 0;
  }

  async head(): Promise<Position> {
    return this.open().events.at(-1)?.position ?? START;
  }

  async probe(): Promise<void> {
    this.open();
  }

  async close(): Promise<void> {
    this.closing.abort();
  }

  private open(): MemoryLog {
    if (this.closing.signal.aborted) throw new LedgerUnavailable('the ledger is closed', 'closed');
    return this.log;
  }
}
