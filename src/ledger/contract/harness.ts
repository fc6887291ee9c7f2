import { afterEach, beforeEach, expect } from '@jest/globals';
import { EventId, JsonObject, NewEvent, Position, RecordedEvent, uuidv7 } from '../../core/index.js';
import { Consumer, Delivery, Ledger, SubscribeOptions } from '../port/index.js';

/** One log, its clients, and the process that serves it, if there is one. */
export interface LedgerStore {
  /** Another client of the same log, as another process would have it. The suite closes it. */
  open(): Promise<Ledger>;
  /** Stops the process that serves the log and starts it again, clients still open. An embedded log has none: nothing to do. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

export type LedgerFactory = () => Promise<LedgerStore>;

export interface Setup {
  /** The first client. */
  readonly ledger: Ledger;
  open(): Promise<Ledger>;
  restart(): Promise<void>;
  /** Reads aloud what comes after a position, until the end of the test. */
  follow(ledger: Ledger, options?: SubscribeOptions): Follower;
}

/** A fresh store for each test of the surrounding `describe`. */
export function useStore(factory: LedgerFactory): Setup {
  let store: LedgerStore;
  let clients: Ledger[];
  let followers: Follower[];
  const open = async () => {
    const client = await store.open();
    clients.push(client);
    return client;
  };
  beforeEach(async () => {
    [clients, followers] = [[], []];
    store = await factory();
    await open();
  });
  afterEach(async () => {
    await Promise.all(followers.map((follower) => follower.stop()));
    await Promise.all(clients.map((client) => client.close()));
    await store.dispose();
  });
  return {
    get ledger() {
      return clients[0]!;
    },
    open,
    restart: () => store.restart(),
    follow(ledger, options) {
      const follower = new Follower(ledger, options);
      followers.push(follower);
      return follower;
    },
  };
}

const ACTOR: NewEvent['actor'] = {
  id: 'u-1' as NewEvent['actor']['id'],
  kind: 'person',
  roles: ['analyst'],
  via: 'token',
};

export function anEvent(over: Partial<NewEvent> = {}): NewEvent {
  const requestId = uuidv7();
  return {
    id: uuidv7() as EventId,
    type: 'ThingNoted',
    schema: 1,
    actor: ACTOR,
    reason: 'because',
    origin: { requestId },
    correlationId: requestId,
    data: { note: 'a' },
    ...over,
  };
}

export const someEvents = (count: number, over: Partial<NewEvent> = {}): readonly NewEvent[] =>
  Array.from({ length: count }, (_, index) => anEvent({ data: { index }, ...over }));

/** A name that nothing else in the log has. */
export const fresh = (prefix: string): string => `${prefix}-${uuidv7()}`;

export const ids = (events: readonly { readonly id: string }[]): readonly string[] => events.map(({ id }) => id);

/** What the log must answer for an event that was appended: everything as given, and its place. */
export const asRecorded = (event: NewEvent, stream: string, revision: number): unknown => ({
  ...event,
  stream,
  revision,
  position: expect.any(Number),
  recordedAt: expect.any(Number),
});

/** All after a position, page by page. */
export async function readAllAfter(ledger: Ledger, from: Position, limit = 1000): Promise<readonly RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for (;;) {
    const page = await ledger.readAll({ from: found.at(-1)?.position ?? from, limit });
    if (page.length === 0) return found;
    found.push(...page);
  }
}

const PATIENCE_MS = 30_000;

/** Waits until the assertion holds; fails with its own message when it never does. */
export async function eventually(assertion: () => void | Promise<void>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** A running subscription and all that it has told so far. */
export class Follower {
  readonly events: RecordedEvent[] = [];
  /** For each `caught-up`: its position, and how many events had come before it. */
  readonly caughtUp: { readonly position: Position; readonly after: number }[] = [];
  readonly ended: Promise<void>;
  private readonly abort = new AbortController();

  constructor(ledger: Ledger, options: SubscribeOptions = {}) {
    this.ended = this.run(ledger, options);
    // `ended` is looked at when the test stops it; until then a failure must not count as unhandled.
    this.ended.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.ended;
  }

  private async run(ledger: Ledger, options: SubscribeOptions): Promise<void> {
    for await (const message of ledger.subscribe({ signal: this.abort.signal, ...options })) {
      if (message.kind === 'events') this.events.push(...message.events);
      else this.caughtUp.push({ position: message.position, after: this.events.length });
    }
  }
}

/** A consumer at work: hands each delivery to `handle`, keeps all of them, until it is closed. */
export class Worker {
  readonly deliveries: Delivery[] = [];
  readonly ended: Promise<void>;

  constructor(
    private readonly consumer: Consumer,
    handle: (delivery: Delivery) => Promise<void> | void,
  ) {
    this.ended = this.run(handle);
    this.ended.catch(() => undefined);
  }

  get data(): readonly JsonObject[] {
    return this.deliveries.map(({ event }) => event.data);
  }

  async close(): Promise<void> {
    await this.consumer.close();
    await this.ended;
  }

  private async run(handle: (delivery: Delivery) => Promise<void> | void): Promise<void> {
    for await (const delivery of this.consumer) {
      this.deliveries.push(delivery);
      await handle(delivery);
    }
  }
}

export const acknowledge = (delivery: Delivery): Promise<void> => delivery.ack();
export const hold = (): void => undefined;
