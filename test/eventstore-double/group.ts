import type { EventLog } from './log.js';
import type { LogRecord } from './log-record.js';
import { original, resolve, type Resolved } from './messages.js';
import { type EventFilter } from './filter.js';

export interface GroupSettings {
  readonly resolveLinks: boolean;
  readonly messageTimeoutMs: number;
  readonly maxRetryCount: number;
  readonly checkpointAfterMs: number;
  readonly minCheckpointCount: number;
  readonly maxCheckpointCount: number;
  readonly maxSubscriberCount: number;
  readonly liveBufferSize: number;
  readonly readBatchSize: number;
  readonly historyBufferSize: number;
  /** -1 is the end of the log when the group was made. */
  readonly startFrom: number;
}

export interface Message {
  readonly resolved: Resolved;
  readonly retries: number;
  /** Came back from the parked stream; no part of the checkpoint. */
  readonly replayed: boolean;
}

export interface Subscriber {
  readonly bufferSize: number;
  readonly send: (message: Message) => void;
  readonly drop: () => void;
}

interface InFlight {
  readonly message: Message;
  readonly deadline: number;
}

export type NackAction = 'park' | 'retry' | 'skip' | 'stop';

const idOf = (message: Message): string => original(message.resolved).id;

/**
 * A persistent subscription: competing consumers over `$all` or one stream. Retries, time-outs and lost
 * connections count as failed deliveries; too many of them park the event.
 */
export class Group {
  readonly source: string;
  readonly name: string;
  settings: GroupSettings;
  readonly subscribers = new Map<Subscriber, Map<string, InFlight>>();
  private readonly log: EventLog;
  private readonly filter: EventFilter | undefined;
  private readonly retry: Message[] = [];
  private next = 0;
  private acknowledged = 0;
  private checkpointed: number;
  private lastCheckpointAt = performance.now();

  constructor(
    log: EventLog,
    group: { source: string; name: string; settings: GroupSettings; startAfter: number },
    filter?: EventFilter,
  ) {
    this.log = log;
    this.source = group.source;
    this.name = group.name;
    this.settings = group.settings;
    this.filter = filter;
    const last = log.readable(this.systemStream('checkpoint'))?.at(-1);
    this.checkpointed = last ? Number(/\d+/.exec(last.data.toString())![0]) : group.startAfter;
    this.next = this.source === '$all' ? log.indexAt(this.checkpointed + 1) : this.checkpointed + 1;
  }

  get id(): string {
    return `${this.source}::${this.name}`;
  }

  get full(): boolean {
    return this.settings.maxSubscriberCount > 0 && this.subscribers.size >= this.settings.maxSubscriberCount;
  }

  get parked(): readonly LogRecord[] {
    return this.log.readable(this.systemStream('parked')) ?? [];
  }

  get inFlight(): number {
    return [...this.subscribers.values()].reduce((sum, messages) => sum + messages.size, 0);
  }

  get lastCheckpoint(): number {
    return this.checkpointed;
  }

  connect(subscriber: Subscriber): void {
    this.subscribers.set(subscriber, new Map());
    this.pump();
  }

  disconnect(subscriber: Subscriber): void {
    const lost = this.subscribers.get(subscriber);
    this.subscribers.delete(subscriber);
    for (const { message } of lost?.values() ?? []) this.again(message);
    this.pump();
  }

  ack(subscriber: Subscriber, ids: readonly string[]): void {
    for (const id of ids) if (this.subscribers.get(subscriber)?.delete(id)) this.acknowledged += 1;
    this.checkpoint(false);
    this.pump();
  }

  nack(subscriber: Subscriber, ids: readonly string[], action: NackAction, reason: string): void {
    const held = this.subscribers.get(subscriber);
    for (const id of ids) {
      const entry = held?.get(id);
      if (!entry) continue;
      held?.delete(id);
      if (action === 'park') this.park(entry.message, `Client explicitly NAK'ed message.\n${reason}`);
      else if (action === 'retry') this.again(entry.message);
      if (action !== 'retry') this.acknowledged += 1;
    }
    if (action === 'stop') subscriber.drop();
    this.checkpoint(false);
    this.pump();
  }

  /** Parked events up to a revision of the parked stream go out again. */
  replay(stopAt: number | undefined): void {
    const links = this.parked.filter(({ revision }) => stopAt === undefined || revision < stopAt);
    for (const link of links) {
      this.retry.push({ resolved: resolve(this.log, link, true), retries: 0, replayed: true });
    }
    const last = links.at(-1);
    if (last) this.log.setTruncateBefore(this.systemStream('parked'), last.revision + 1);
    this.pump();
  }

  /** Called every now and then: time-outs and checkpoints. */
  tick(): void {
    const now = performance.now();
    for (const messages of this.subscribers.values()) {
      for (const [id, { message, deadline }] of messages) {
        if (deadline > now) continue;
        messages.delete(id);
        this.again(message);
      }
    }
    this.checkpoint(now - this.lastCheckpointAt >= this.settings.checkpointAfterMs);
    this.pump();
  }

  /** Hands out what there is, oldest first, retries before the rest, round robin. */
  pump(): void {
    for (let subscriber = this.free(); subscriber; subscriber = this.free()) {
      const message = this.retry.shift() ?? this.pull();
      if (!message) return;
      const held = this.subscribers.get(subscriber)!;
      held.set(idOf(message), { message, deadline: performance.now() + this.settings.messageTimeoutMs });
      this.subscribers.delete(subscriber);
      this.subscribers.set(subscriber, held);
      subscriber.send(message);
    }
  }

  delete(): void {
    for (const subscriber of [...this.subscribers.keys()]) subscriber.drop();
    for (const kind of ['checkpoint', 'parked']) {
      if (this.log.readable(this.systemStream(kind))) this.log.softDelete(this.systemStream(kind));
    }
  }

  private free(): Subscriber | undefined {
    for (const [subscriber, messages] of this.subscribers) if (messages.size < subscriber.bufferSize) return subscriber;
    return undefined;
  }

  private pull(): Message | undefined {
    const records = this.records();
    while (this.next < records.length) {
      const record = records[this.next++]!;
      if (this.filter && !this.filter.matches(record)) continue;
      return { resolved: resolve(this.log, record, this.settings.resolveLinks), retries: 0, replayed: false };
    }
    return undefined;
  }

  private again(message: Message): void {
    if (message.retries >= this.settings.maxRetryCount) {
      return this.park(message, `Reached retry count of ${this.settings.maxRetryCount}`);
    }
    this.retry.push({ ...message, retries: message.retries + 1 });
  }

  private park(message: Message, reason: string): void {
    const record = message.resolved.event ?? message.resolved.link!;
    this.log.writeSystemEvent(this.systemStream('parked'), '$>', `${record.revision}@${record.stream}`, {
      added: new Date().toISOString(),
      reason,
      subscriptionEventNumber: record.revision,
    });
  }

  /** Everything up to the checkpoint has been dealt with; after a restart the group goes on from there. */
  private checkpoint(due: boolean): void {
    if (this.acknowledged === 0 || (!due && this.acknowledged < this.settings.minCheckpointCount)) return;
    const open = [...this.subscribers.values()].flatMap((held) => [...held.values()].map(({ message }) => message));
    const positions = [...open, ...this.retry].filter(({ replayed }) => !replayed);
    const lowest = Math.min(...positions.map(({ resolved }) => this.placeOf(original(resolved))));
    const upTo = Number.isFinite(lowest) ? lowest - 1 : this.placeOf(this.records()[this.next - 1]!);
    this.acknowledged = 0;
    this.lastCheckpointAt = performance.now();
    if (upTo <= this.checkpointed) return;
    this.checkpointed = upTo;
    const data = JSON.stringify(this.source === '$all' ? `C:${upTo}/P:${upTo}` : String(upTo));
    this.log.writeSystemEvent(this.systemStream('checkpoint'), '$SubscriptionCheckpoint', data);
  }

  private records(): readonly LogRecord[] {
    return this.source === '$all' ? this.log.all : (this.log.readable(this.source) ?? []);
  }

  private placeOf(record: LogRecord): number {
    return this.source === '$all' ? record.position : record.revision;
  }

  private systemStream(kind: string): string {
    return `$persistentsubscription-${this.id}-${kind}`;
  }
}
