import { LRUCache } from 'lru-cache';
import { RecordedEvent } from '../../core/index.js';
import { Consumer, ConsumeOptions, Delivery } from '../port/index.js';
import { Connection } from './connection.js';
import { StoreFailure, toPortError } from './failure.js';
import { GroupEvent, GroupSession, Settlement } from './group-session.js';
import { DEFAULT_RETRIES, Groups } from './groups.js';
import { Inbox } from './inbox.js';
import { LogScope } from './log-scope.js';
import { Reader } from './reader.js';
import { idOf, toRecorded, typeOf } from './record.js';

/** A delivery that is queued or in somebody's hands. */
interface Held {
  readonly id: string;
  readonly event: RecordedEvent;
  readonly retries: number;
  /** Where it was delivered last; another one after a reconnection. */
  session: GroupSession;
  handedOut: boolean;
}

const REMEMBERED = 10_000;

/**
 * One consumer of a group. Its connection may break and come back while a delivery is being worked on: the
 * server then delivers it again, and when it comes here, it is the same delivery, not a second one. What
 * was settled while there was no connection is told to the server when it asks again.
 */
export class GroupConsumer implements Consumer {
  private readonly queue = new Inbox<Held>(Infinity);
  private readonly held = new Map<string, Held>();
  private readonly settled = new LRUCache<string, Settlement>({ max: REMEMBERED });
  private readonly types: ReadonlySet<string>;
  private arriving: Promise<void> = Promise.resolve();
  private session: GroupSession | undefined;
  private closing: Promise<void> | undefined;
  private readonly whenClosed = Promise.withResolvers<void>();

  constructor(
    private readonly connection: Connection,
    private readonly reader: Reader,
    private readonly scope: LogScope,
    private readonly groups: Groups,
    private readonly group: string,
    private readonly options: ConsumeOptions,
  ) {
    this.types = new Set(options.types);
  }

  /** @throws when the group can't be joined at first; later it tries for ever */
  async start(): Promise<void> {
    await this.groups.ensure(this.group, this.options);
    try {
      await this.connection.retry(() => this.connect());
    } catch (error) {
      if (!this.waitsForTurn(error)) throw error instanceof StoreFailure ? toPortError(error) : error;
    }
    void this.stay();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Delivery> {
    for (;;) {
      const [held] = (await this.queue.take(1)) ?? [];
      if (!held) return;
      held.handedOut = true;
      yield this.deliveryOf(held);
    }
  }

  get closed(): Promise<void> {
    return this.whenClosed.promise;
  }

  close(): Promise<void> {
    this.closing ??= (async () => {
      this.queue.clear();
      this.queue.end();
      await this.session?.close(this.groups.nameOf(this.group));
      this.whenClosed.resolve();
    })();
    return this.closing;
  }

  private async connect(): Promise<void> {
    const inFlight = this.options.ordered ? 1 : (this.options.inFlight ?? 1);
    const name = this.groups.nameOf(this.group);
    const received = (session: GroupSession, event: GroupEvent): void => {
      this.arriving = this.arriving.then(() => this.receive(session, event)).catch((error) => this.queue.fail(error));
    };
    this.session = await this.connection.once((client) => GroupSession.open(client, name, inFlight, received));
    if (this.closing) await this.session.close(name);
  }

  /** Comes back whenever the connection is lost. */
  private async stay(): Promise<void> {
    try {
      for (let failures = 0; !this.closing;) {
        try {
          if (!this.session?.open) await this.connect();
          failures = 0;
          await this.session!.ended;
        } catch (error) {
          if (this.closing) return;
          this.forgetQueued();
          await this.recover(error, failures++);
        }
      }
    } catch (error) {
      if (this.closing || this.connection.signal.aborted) this.queue.end();
      else this.queue.fail(error);
    }
  }

  private async recover(error: unknown, failures: number): Promise<void> {
    const failure = this.session ? this.connection.failed(this.session.client, error) : error;
    if (!(failure instanceof StoreFailure)) throw failure;
    if (this.waitsForTurn(failure)) return this.connection.pause(0);
    if (failure.kind === 'no-group') await this.groups.ensure(this.group, this.options);
    else if (!failure.passing) throw toPortError(failure);
    await this.connection.pause(failures);
  }

  /** An ordered group has one consumer at a time; the others wait until it closes or is gone. */
  private waitsForTurn(error: unknown): boolean {
    return this.options.ordered === true && error instanceof StoreFailure && error.kind === 'group-full';
  }

  /** What nobody has begun to work on goes to whom the server gives it next. */
  private forgetQueued(): void {
    this.queue.clear();
    for (const [id, { handedOut }] of this.held) if (!handedOut) this.held.delete(id);
  }

  private async receive(session: GroupSession, delivered: GroupEvent): Promise<void> {
    const record = delivered.getEvent();
    const id = idOf(delivered.getLink() ?? record!);
    const known = this.held.get(id);
    const earlier = this.settled.get(id);
    const stream = record && this.scope.streamName(record);
    if (known) known.session = session;
    else if (earlier) await session.settle(id, earlier);
    else if (!record || stream === undefined || !this.types.has(typeOf(record))) {
      await session.settle(id, { action: 'ack' });
    } else {
      // A replayed event comes through a link and has the link's position: it is read where it belongs.
      const event = delivered.hasLink()
        ? (await this.reader.stream(stream, { from: Number(record.getStreamRevision()), limit: 1 }))[0]!
        : toRecorded(record, stream);
      const held = { id, event, retries: delivered.getRetryCount(), session, handedOut: false };
      if (this.closing || !session.open) return;
      this.held.set(id, held);
      this.queue.push(held);
    }
  }

  private deliveryOf(held: Held): Delivery {
    const { event, retries } = held;
    const most = this.options.maxRetries ?? DEFAULT_RETRIES;
    return {
      event,
      retries,
      ack: () => this.settle(held, { action: 'ack' }),
      // The server would park it after the last retry too, but without the reason.
      nack: (action, reason) => this.settle(held, { action: retries >= most ? 'park' : action, reason }),
    };
  }

  /** What is done with is remembered, should the server ask once more; a retry is what it would do anyway. */
  private async settle(held: Held, settlement: Settlement): Promise<void> {
    if (this.held.get(held.id) !== held) return;
    this.held.delete(held.id);
    if (settlement.action !== 'retry') this.settled.set(held.id, settlement);
    await held.session.settle(held.id, settlement);
  }
}
