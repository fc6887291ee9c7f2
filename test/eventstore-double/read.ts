import { type EventEmitter, once } from 'node:events';
import { randomUUID } from 'node:crypto';
import type * as Grpc from '@grpc/grpc-js';
import type * as Pb from '@eventstore/db-client/generated/streams_pb.js';
import { wireErrors } from './errors.js';
import type { Faults } from './faults.js';
import { type EventFilter, filterOf } from './filter.js';
import type { EventLog } from './log.js';
import type { LogRecord } from './log-record.js';
import { readEvent, resolve } from './messages.js';
import { streamIdentifier, streamName, streams } from './wire.js';

type ReadCall = Grpc.ServerWritableStream<Pb.ReadReq, Pb.ReadResp>;
type Options = Pb.ReadReq.Options;

const { BACKWARDS } = streams.ReadReq.Options.ReadDirection;

/** `Read`: pages and subscriptions, of one stream or of `$all`. */
export function readHandler(log: EventLog, faults: Faults) {
  return (call: ReadCall): void => {
    void serve(call).catch((error: unknown) => call.emit('error', wireErrors.unknown(String(error))));
  };

  async function serve(call: ReadCall): Promise<void> {
    const refused = await faults.enter(call.metadata);
    if (refused) return void call.emit('error', refused);
    const options = call.request.getOptions()!;
    const reader = new Reader(call, log, faults, options);
    if (options.hasSubscription()) return reader.subscribe();
    await reader.page();
    call.end();
  }
}

class Reader {
  private readonly filter: EventFilter | undefined;
  private readonly stream: string | undefined;
  private readonly call: ReadCall;
  private readonly log: EventLog;
  private readonly faults: Faults;
  private readonly options: Options;
  private readonly ended = new AbortController();
  private looked = 0;

  constructor(call: ReadCall, log: EventLog, faults: Faults, options: Options) {
    this.call = call;
    this.log = log;
    this.faults = faults;
    this.options = options;
    for (const event of ['cancelled', 'close']) call.on(event, () => this.ended.abort());
    this.filter = filterOf(options.getFilter());
    this.stream = options.hasStream() ? streamName(options.getStream()!.getStreamIdentifier()) : undefined;
  }

  async page(): Promise<void> {
    if (this.stream !== undefined && this.log.isTombstoned(this.stream)) {
      return void this.call.emit('error', wireErrors.streamDeleted(this.stream));
    }
    const records = this.records();
    if (!records) return this.notFound();
    let left = Number(this.options.getCount());
    const step = this.options.getReadDirection() === BACKWARDS ? -1 : 1;
    for (let i = this.start(records, step); records[i] !== undefined && left > 0 && this.open; i += step) {
      const record = records[i]!;
      if (this.filter && !this.filter.matches(record)) continue;
      left -= 1;
      await this.send(record);
    }
  }

  /** Catches up, says so, and goes on with what comes, until the call ends. */
  async subscribe(): Promise<void> {
    const confirmation = new streams.ReadResp.SubscriptionConfirmation();
    confirmation.setSubscriptionId(randomUUID());
    const confirmed = new streams.ReadResp();
    confirmed.setConfirmation(confirmation);
    this.call.write(confirmed);
    let index = this.afterStart();
    let live = false;
    while (this.open) {
      index = await this.deliverFrom(index);
      if (!live) this.call.write(caughtUp());
      live = true;
      if (this.open && index >= (this.records()?.length ?? 0)) {
        await this.until(this.log.changes, 'appended');
      }
    }
  }

  private async deliverFrom(start: number): Promise<number> {
    const records = this.records() ?? [];
    let index = start;
    for (; index < records.length && this.open; index++) {
      const record = records[index]!;
      if (!this.filter || this.filter.matches(record)) await this.send(record);
      if (this.filter && ++this.looked % this.filter.checkpointEvery === 0) this.call.write(checkpoint(record));
    }
    return index;
  }

  private get open(): boolean {
    return !this.ended.signal.aborted && !this.call.cancelled && !this.call.writableEnded;
  }

  private records(): readonly LogRecord[] | undefined {
    return this.stream === undefined ? this.log.all : this.log.readable(this.stream);
  }

  /** Pages start at the event that is named, except backwards in `$all`, where they end before it. */
  private start(records: readonly LogRecord[], step: number): number {
    const place = this.stream === undefined ? this.options.getAll()! : this.options.getStream()!;
    if (place.hasEnd()) return step < 0 ? records.length - 1 : records.length;
    if (place.hasStart()) return step < 0 ? -1 : 0;
    if ('getPosition' in place) {
      const index = this.log.indexAt(Number(place.getPosition()!.getCommitPosition()));
      return step < 0 ? index - 1 : index;
    }
    const first = records[0]?.revision ?? 0;
    const revision = Number(place.getRevision());
    return step < 0 ? Math.min(revision - first, records.length - 1) : Math.max(revision - first, 0);
  }

  /** Subscriptions start after the event that is named. */
  private afterStart(): number {
    const records = this.records() ?? [];
    const place = this.stream === undefined ? this.options.getAll()! : this.options.getStream()!;
    if (place.hasStart()) return 0;
    if (place.hasEnd()) return records.length;
    if ('getPosition' in place) return this.log.indexAt(Number(place.getPosition()!.getCommitPosition()) + 1);
    return Number(place.getRevision()) + 1 - (records[0]?.revision ?? 0);
  }

  private async send(record: LogRecord): Promise<void> {
    const room = this.call.write(readEvent(resolve(this.log, record, this.options.getResolveLinks())));
    this.faults.sent();
    if (!room && this.open) await this.until(this.call, 'drain');
  }

  private async until(emitter: EventEmitter, event: string): Promise<void> {
    await once(emitter, event, { signal: this.ended.signal }).catch(() => undefined);
  }

  private notFound(): void {
    const missing = new streams.ReadResp.StreamNotFound();
    missing.setStreamIdentifier(streamIdentifier(this.stream!));
    const response = new streams.ReadResp();
    response.setStreamNotFound(missing);
    this.call.write(response);
  }
}

function caughtUp(): Pb.ReadResp {
  const response = new streams.ReadResp();
  response.setCaughtUp(new streams.ReadResp.CaughtUp());
  return response;
}

function checkpoint(record: LogRecord): Pb.ReadResp {
  const message = new streams.ReadResp.Checkpoint();
  message.setCommitPosition(String(record.position));
  message.setPreparePosition(String(record.position));
  const response = new streams.ReadResp();
  response.setCheckpoint(message);
  return response;
}
