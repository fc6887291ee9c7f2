import { NewEvent, Position } from '../../core/index.js';
import {
  AppendResult,
  Consumer,
  ConsumeOptions,
  Delivery,
  ExpectedRevision,
  Ledger,
  LedgerUnavailable,
  ReadAll,
  ReadStream,
  SubscribeOptions,
} from '../../ledger/index.js';

/** A ledger that does what another one does, for those that do one thing differently. */
export class LedgerDecorator implements Ledger {
  readonly description = 'decorated:';
  constructor(protected readonly inner: Ledger) {}

  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult> {
    return this.inner.append(stream, events, expected);
  }
  read(stream: string, options?: ReadStream) {
    return this.inner.read(stream, options);
  }
  readAll(options?: ReadAll) {
    return this.inner.readAll(options);
  }
  subscribe(options?: SubscribeOptions) {
    return this.inner.subscribe(options);
  }
  async consume(group: string, options: ConsumeOptions): Promise<Consumer> {
    const consumer = await this.inner.consume(group, options);
    const deliveries = (delivery: Delivery) => this.delivery(delivery);
    return {
      close: () => consumer.close(),
      async *[Symbol.asyncIterator]() {
        for await (const delivery of consumer) yield deliveries(delivery);
      },
    };
  }
  parked(group: string) {
    return this.inner.parked(group);
  }
  replayParked(group: string): Promise<number> {
    return this.inner.replayParked(group);
  }
  head(): Promise<Position> {
    return this.inner.head();
  }
  probe(): Promise<void> {
    return this.inner.probe();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }

  protected delivery(delivery: Delivery): Delivery {
    return delivery;
  }
}

/** Delivers everything again, to a group of another name, and tells when the first of it is acknowledged. */
export class ReplayingLedger extends LedgerDecorator {
  readonly acknowledged = Promise.withResolvers<void>();

  override consume(group: string, options: ConsumeOptions): Promise<Consumer> {
    return super.consume(`${group}-again`, options);
  }
  protected override delivery({ event, retries, ack, nack }: Delivery): Delivery {
    return { event, retries, nack, ack: () => ack().then(this.acknowledged.resolve) };
  }
}

/** What a process does to the ledger, in words: the steps at which it can die. */
export type Operation = string;

/** `before`: the operation never happened; `after`: it did, but the process never learnt it. */
export type Death = 'before' | 'after';

/** The ledger as a process sees it that dies at one operation: nothing that it does afterwards reaches anybody. */
export class MortalLedger extends LedgerDecorator {
  readonly operations: Operation[] = [];
  readonly died = Promise.withResolvers<void>();
  /** A delivery was answered: that was the last operation of a job. */
  readonly settled = Promise.withResolvers<void>();
  private dead = false;

  constructor(
    inner: Ledger,
    private readonly dies: (operation: Operation, index: number) => Death | undefined = () => undefined,
  ) {
    super(inner);
  }

  override append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult> {
    const types = events.map(({ type }) => type).join('+');
    return this.operate(`append ${types}`, () => super.append(stream, events, expected));
  }
  override read(stream: string, options?: ReadStream) {
    return this.dead ? Promise.reject(gone()) : super.read(stream, options);
  }
  protected override delivery({ event, retries, ack, nack }: Delivery): Delivery {
    const settle = (answer: string, work: () => Promise<void>) =>
      this.operate(`${answer} ${event.type}`, work).then(this.settled.resolve);
    return {
      event,
      retries,
      ack: () => settle('ack', ack),
      nack: (action, reason) => settle(action, () => nack(action, reason)),
    };
  }

  private async operate<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
    if (this.dead) throw gone();
    const death = this.dies(operation, this.operations.push(operation) - 1);
    if (death === 'before') throw this.die();
    const result = await work();
    if (death === 'after') throw this.die();
    return result;
  }

  private die(): Error {
    this.dead = true;
    this.died.resolve();
    return gone();
  }
}

const gone = () => new LedgerUnavailable('the process is dead', 'closed');
