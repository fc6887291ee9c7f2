import { Position, RecordedEvent, START } from '../../core/index.js';
import { DEFAULT_PAGE, LedgerUnavailable, SubscribeOptions, SubscriptionMessage } from '../port/index.js';
import { Client, streamsPb } from './client.js';
import { Connection } from './connection.js';
import { StoreFailure, toPortError } from './failure.js';
import { LogScope } from './log-scope.js';
import { allFrom, ReadCall } from './read-call.js';
import { eventIn, Reader } from './reader.js';
import { positionOf, toRecorded } from './record.js';

/**
 * Follows the log for ever: when the connection drops, it goes on after the last event it handed out, so
 * that there is neither gap nor double. Only a log that can't be trusted any more, or an account that is
 * refused, ends it with an error.
 */
export class Subscription implements AsyncIterable<SubscriptionMessage>, AsyncDisposable {
  private readonly disposed = new AbortController();
  private readonly stop: AbortSignal;
  private readonly batch: number;
  /** The last event handed out. */
  private after: Position;
  /** As far as the server has looked without finding more; at or beyond `after`. */
  private seen: number;
  /** Nothing has come since the reader was told that it has caught up. */
  private told = false;

  constructor(
    private readonly connection: Connection,
    private readonly reader: Reader,
    private readonly scope: LogScope,
    options: SubscribeOptions,
  ) {
    this.after = options.after ?? START;
    this.seen = this.after;
    this.batch = options.batch ?? DEFAULT_PAGE;
    const signals = [this.disposed.signal, connection.signal, ...(options.signal ? [options.signal] : [])];
    this.stop = AbortSignal.any(signals);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed.abort();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SubscriptionMessage> {
    if (!this.stop.aborted) this.connection.assertOpen();
    for (let failures = 0; !this.stop.aborted;) {
      let current: { client: Client; call: ReadCall } | undefined;
      try {
        current = await this.open();
        for await (const message of this.follow(current.call)) {
          failures = 0;
          yield message;
          if (this.stop.aborted) return;
        }
      } catch (error) {
        if (this.stop.aborted) return;
        await this.recover(current?.client, error, failures++);
      } finally {
        current?.call.cancel();
      }
    }
  }

  private open(): Promise<{ client: Client; call: ReadCall }> {
    const options = allFrom(this.seen === START ? undefined : this.seen, this.scope.filter);
    return this.connection.once(async (client) => ({
      client,
      call: await ReadCall.open(client, options, 2 * this.batch),
    }));
  }

  /** What one call gives until it ends. Being live is also told by the head, for servers that do not say it. */
  private async *follow(call: ReadCall): AsyncGenerator<SubscriptionMessage> {
    const cancel = (): void => call.cancel();
    this.stop.addEventListener('abort', cancel, { once: true });
    try {
      const head = await this.reader.head();
      let live = head <= this.after;
      if (live && !this.told) yield this.caughtUp();
      for (;;) {
        const responses = await call.take(this.batch);
        if (!responses) {
          if (this.stop.aborted) return;
          throw new StoreFailure('unreachable', 'the event store ended the subscription');
        }
        const events: RecordedEvent[] = [];
        for (const response of responses) live = this.receive(response, events) ?? live;
        if (events.length > 0) {
          this.told = false;
          yield { kind: 'events', events };
        }
        live ||= this.after >= head;
        if (live && !this.told && call.drained) yield this.caughtUp();
      }
    } finally {
      this.stop.removeEventListener('abort', cancel);
    }
  }

  /** Answers whether the server says that this is live now, or no longer. */
  private receive(response: streamsPb.ReadResp, events: RecordedEvent[]): boolean | undefined {
    if (response.hasCaughtUp()) return true;
    if (response.hasFellBehind()) return false;
    const checkpoint = response.getCheckpoint();
    if (checkpoint) this.seen = Math.max(this.seen, Number(checkpoint.getCommitPosition()));
    const record = eventIn(response);
    if (!record) return undefined;
    this.scope.assertKeeps(record);
    const position = positionOf(record);
    const stream = this.scope.streamName(record);
    if (stream !== undefined && position > this.after) {
      events.push(toRecorded(record, stream));
      this.after = position;
      this.reader.saw(position);
    }
    this.seen = Math.max(this.seen, position);
    return undefined;
  }

  private caughtUp(): SubscriptionMessage {
    this.told = true;
    return { kind: 'caught-up', position: this.after };
  }

  private async recover(client: Client | undefined, error: unknown, failures: number): Promise<void> {
    const failure = client ? this.connection.failed(client, error) : error;
    const passing =
      (failure instanceof StoreFailure && failure.passing) ||
      (failure instanceof LedgerUnavailable && failure.reason === 'unreachable');
    if (!passing) throw failure instanceof StoreFailure ? toPortError(failure) : failure;
    await this.connection.pause(failures).catch((closed: unknown) => {
      if (!this.stop.aborted) throw closed;
    });
  }
}
