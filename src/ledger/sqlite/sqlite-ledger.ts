import Database from 'better-sqlite3';
import { Clock, NewEvent, Position, RecordedEvent } from '../../core/index.js';
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
  serialize,
  SubscribeOptions,
  SubscriptionMessage,
  Traffic,
} from '../port/index.js';
import { follow } from '../subscription/index.js';
import { ChangeWatch } from './change-watch.js';
import { SqliteConsumers } from './consumers/sqlite-consumers.js';
import { GroupCommit } from './group-commit.js';
import { Reader } from './reader.js';
import { StreamHeads } from './stream-heads.js';
import { Writer } from './writer.js';

/**
 * The log in one SQLite file, for any number of processes. Appends gather in `GroupCommit` and are written
 * by `Writer`, in its thread; reads are plain statements here; `ChangeWatch` wakes those who follow.
 */
export class SqliteLedger implements Ledger {
  readonly description: string;
  private readonly reader: Reader;
  private readonly heads: StreamHeads;
  private readonly watch = new ChangeWatch();
  private readonly commits: GroupCommit;
  private readonly consumers: SqliteConsumers;
  private readonly closing = new AbortController();
  private closed: Promise<void> | undefined;

  /** `db` is the checked log, for reading. */
  constructor(
    file: string,
    private readonly db: Database.Database,
    private readonly writer: Writer,
    clock: Clock,
    private readonly traffic = new Traffic(),
  ) {
    this.description = `sqlite://${file}`;
    this.reader = new Reader(db, file);
    this.heads = new StreamHeads(this.reader);
    this.watch.add(db);
    this.commits = new GroupCommit(writer, clock, () => {
      this.heads.expire();
      this.watch.ring();
    });
    this.consumers = new SqliteConsumers(`${file}-consumers.db`, this.reader, this.watch, clock);
  }

  async append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult> {
    this.assertOpen();
    assertStreamName(stream);
    if (events.length === 0) throw new RangeError('an append needs at least one event');
    const rows = serialize(events);
    return this.traffic.count(rows, this.commits.append({ stream, expected, events: rows }));
  }

  async read(stream: string, options: ReadStream = {}): Promise<readonly RecordedEvent[]> {
    this.assertOpen();
    assertStreamName(stream);
    const { from = 0, direction, limit = DEFAULT_PAGE } = options;
    if (direction === 'backwards') return this.reader.stream(stream, options);
    if (this.heads.endsBefore(stream, from)) return [];
    const events = this.reader.stream(stream, options);
    if (events.length < limit) this.heads.learn(stream, from, events);
    return events;
  }

  async readAll(options: ReadAll = {}): Promise<readonly RecordedEvent[]> {
    this.assertOpen();
    return this.reader.all(options);
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<SubscriptionMessage> & AsyncDisposable {
    this.assertOpen();
    const log = {
      readAfter: (position: Position, limit: number) => this.reader.batchAfter(position, limit),
      changed: (signal: AbortSignal) => this.watch.changed(signal),
    };
    return follow(log, options, this.closing.signal);
  }

  async consume(group: string, options: ConsumeOptions): Promise<Consumer> {
    this.assertOpen();
    return this.consumers.consume(group, options, this.closing.signal);
  }

  async parked(group: string): Promise<readonly ParkedEvent[]> {
    this.assertOpen();
    return this.consumers.parked(group);
  }

  async replayParked(group: string): Promise<number> {
    this.assertOpen();
    return this.consumers.replayParked(group);
  }

  async head(): Promise<Position> {
    this.assertOpen();
    return this.reader.head();
  }

  async probe(): Promise<void> {
    this.assertOpen();
    await this.writer.probe();
  }

  close(): Promise<void> {
    this.closed ??= this.shutDown();
    return this.closed;
  }

  /** What was accepted is written and answered first; the writer's connection goes before the last one, which tidies the WAL. */
  private async shutDown(): Promise<void> {
    await this.commits.drained();
    await this.consumers.close();
    this.closing.abort();
    await this.writer.close();
    this.db.close();
  }

  private assertOpen(): void {
    if (this.closed) throw new LedgerUnavailable(`${this.description} is closed`, 'closed');
  }
}
