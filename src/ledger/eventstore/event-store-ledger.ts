import { NewEvent, Position, RecordedEvent } from '../../core/index.js';
import {
  AppendResult,
  assertStreamName,
  Consumer,
  ConsumeOptions,
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
import { Appender } from './appender.js';
import { Connection } from './connection.js';
import { parseConnectionString } from './connection-string.js';
import { GroupConsumer } from './consumer.js';
import { Groups } from './groups.js';
import { StoreFailure, toPortError } from './failure.js';
import { LogScope } from './log-scope.js';
import { Reader } from './reader.js';
import { Subscription } from './subscription.js';

export interface EventStoreOptions {
  /** `esdb://`, `esdb+discover://`, `kurrentdb://` or `kurrentdb+discover://`. */
  readonly connectionString: string;
  /**
   * A beginning of stream and group names that Custody adds, so that it can share a server with others. It
   * then sees only what begins so. Empty by default: the whole server is Custody's.
   */
  readonly namespace?: string;
  /** How long one call may stay without an answer, 10 s by default. */
  readonly callTimeoutMs?: number;
  /** How long reads and appends are tried again while the server is away, 10 s by default. */
  readonly retryForMs?: number;
  /** Where appends are counted. */
  readonly traffic?: Traffic;
}

const PROBE_MS = 3000;

/** @throws LedgerUnavailable when the server does not answer, InvalidConnectionString */
export async function openEventStoreLedger(options: EventStoreOptions): Promise<Ledger> {
  const { connectionString, namespace = '', callTimeoutMs = 10_000, retryForMs = 10_000 } = options;
  if (namespace !== '') assertStreamName(namespace);
  const { clientString, description } = parseConnectionString(connectionString);
  const connection = new Connection(clientString, { callMs: callTimeoutMs, retryMs: retryForMs });
  const ledger = new EventStoreLedger(
    description,
    connection,
    new LogScope(namespace),
    options.traffic ?? new Traffic(),
  );
  try {
    // What is there now was not written by this client: see `Appender`.
    await ledger.head();
    return ledger;
  } catch (error) {
    await ledger.close();
    if (!(error instanceof LedgerUnavailable)) throw error;
    throw new LedgerUnavailable(`${description}: ${error.message}`, error.reason, { cause: error });
  }
}

class EventStoreLedger implements Ledger {
  private readonly reader: Reader;
  private readonly appender: Appender;
  private readonly groups: Groups;
  private readonly consumers = new Set<GroupConsumer>();

  constructor(
    readonly description: string,
    private readonly connection: Connection,
    private readonly scope: LogScope,
    private readonly traffic: Traffic,
  ) {
    this.reader = new Reader(connection, scope);
    this.appender = new Appender(connection, this.reader, scope);
    this.groups = new Groups(connection, this.reader, scope);
  }

  async append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult> {
    this.connection.assertOpen();
    assertStreamName(stream);
    if (events.length === 0) throw new TypeError('an append needs at least one event');
    const rows = serialize(events);
    return this.traffic.count(rows, this.appender.append({ stream, events, rows, expected }));
  }

  async read(stream: string, options?: ReadStream): Promise<readonly RecordedEvent[]> {
    this.connection.assertOpen();
    assertStreamName(stream);
    return this.reader.stream(stream, options);
  }

  async readAll(options?: ReadAll): Promise<readonly RecordedEvent[]> {
    return this.reader.all(options);
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<SubscriptionMessage> & AsyncDisposable {
    return new Subscription(this.connection, this.reader, this.scope, options);
  }

  async consume(group: string, options: ConsumeOptions): Promise<Consumer> {
    const consumer = new GroupConsumer(this.connection, this.reader, this.scope, this.groups, group, options);
    await consumer.start();
    this.consumers.add(consumer);
    void consumer.closed.then(() => this.consumers.delete(consumer));
    return consumer;
  }

  parked(group: string): Promise<readonly ParkedEvent[]> {
    return this.groups.parked(group);
  }

  replayParked(group: string): Promise<number> {
    return this.groups.replayParked(group);
  }

  head(): Promise<Position> {
    return this.reader.head();
  }

  async probe(): Promise<void> {
    try {
      await this.reader.probe(PROBE_MS);
    } catch (error) {
      throw error instanceof StoreFailure ? toPortError(error) : error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.close()));
    await this.connection.close();
  }
}
