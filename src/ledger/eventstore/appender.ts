import { randomBytes } from 'node:crypto';
import { NewEvent, Position } from '../../core/index.js';
import {
  AppendResult,
  ExpectedRevision,
  IdempotencyViolation,
  LedgerCorrupted,
  LedgerUnavailable,
  RevisionConflict,
  SerializedEvent,
} from '../port/index.js';
import { AppendPipe } from './append-pipe.js';
import { Client } from './client.js';
import { Connection } from './connection.js';
import { StoreFailure, toPortError } from './failure.js';
import { LogScope } from './log-scope.js';
import { streamPage } from './read-call.js';
import { Reader } from './reader.js';
import { positionOf, ProposedEvent, toProposed, WireRecord, writerOf } from './record.js';
import { lastOfSame, RecentIds } from './recent-ids.js';
import { Place, StreamIds } from './stream-ids.js';

export interface Append {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  readonly rows: readonly SerializedEvent[];
  readonly expected: ExpectedRevision;
}

interface Outcome {
  readonly revision: number;
  /** Known only where the server's answer can't be another event's. */
  readonly position: Position | undefined;
  readonly repeated: boolean;
}

const MAX_RACES = 100;

/**
 * Appends so that however often the same events are sent, they are written once.
 *
 * An outcome that is unknown (a time-out, a broken connection) is tried again with the same ids and an exact
 * expected revision: with one, the server recognizes its own earlier write. `any` and `exists` give it
 * nothing to compare with, so before such a retry the stream is searched for the ids, and the retry expects
 * the revision that was found.
 */
export class Appender {
  private readonly recent = new RecentIds();
  private readonly underWay = new Map<string, Promise<unknown>>();
  private readonly writer = randomBytes(9).toString('base64url');
  private readonly ids: StreamIds;
  private pipe: { readonly client: Client; readonly opening: Promise<AppendPipe> } | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly reader: Reader,
    private readonly scope: LogScope,
  ) {
    this.ids = new StreamIds(reader, scope);
  }

  /** Calls with the same ids at the same time wait for each other. */
  async append(append: Append): Promise<AppendResult> {
    const ids = append.events.map(({ id }) => id);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) throw new IdempotencyViolation(append.stream, twice);
    for (let other = this.busyWith(ids); other; other = this.busyWith(ids)) await other.catch(() => undefined);
    const work = this.appendOnce(append);
    for (const id of ids) this.underWay.set(id, work);
    try {
      return await work;
    } finally {
      for (const id of ids) this.underWay.delete(id);
    }
  }

  private busyWith(ids: readonly string[]): Promise<unknown> | undefined {
    for (const id of ids) if (this.underWay.has(id)) return this.underWay.get(id);
    return undefined;
  }

  private async appendOnce(append: Append): Promise<AppendResult> {
    const { stream, events } = append;
    const known = this.recent.find(stream, events) ?? (mayRepeat(events) ? (await this.find(append)).place : undefined);
    if (known) return this.again(stream, known.revision, known.position);
    const headBefore = this.reader.known;
    const outcome = await this.write(append, headBefore);
    const last = outcome.position === undefined ? await this.last(stream, outcome.revision) : undefined;
    const position = last?.position ?? outcome.position!;
    // What lies at or before an event seen earlier, or has another writer, can't have been written just now.
    const repeated = outcome.repeated || position <= headBefore || (last !== undefined && last.writer !== this.writer);
    const result = { revision: outcome.revision, position, repeated };
    this.recent.remember(stream, events, result);
    this.reader.saw(position);
    return result;
  }

  private async again(stream: string, revision: number, position: Position | undefined): Promise<AppendResult> {
    return { revision, position: position ?? (await this.last(stream, revision)).position, repeated: true };
  }

  private async write(append: Append, headBefore: Position): Promise<Outcome> {
    const { expected: wanted, events, rows, stream } = append;
    const writer = asksBack(events) ? this.writer : undefined;
    const proposed = events.map((event, index) => toProposed(event, rows[index]!.data, writer));
    const exact = wanted !== 'any' && wanted !== 'exists';
    let unsure = false;
    for (let race = 0; race < MAX_RACES; race++) {
      let expected = wanted;
      try {
        return await this.connection.retry(async (attempt) => {
          unsure ||= attempt > 0;
          if (unsure && !exact) {
            const { place, last } = await this.find(append, headBefore);
            if (place) return { ...place, repeated: false };
            // From the same look as the ids: what lands after it makes this revision wrong.
            if (last >= 0 || wanted === 'any') expected = last < 0 ? 'none' : last;
          }
          return this.send(stream, proposed, expected);
        });
      } catch (error) {
        if (!(error instanceof StoreFailure)) throw error;
        if (error.kind !== 'wrong-version') throw toPortError(error, about(append));
        const { place } = await this.find(append, unsure ? headBefore : undefined);
        if (place) return { ...place, repeated: !unsure };
        // A retry of `any` expects what was there a moment ago; losing that race is not the caller's conflict.
        if (exact || !unsure || expected === 'exists') throw new RevisionConflict(stream, wanted, error.actual);
        await this.connection.pause(Math.min(race, 3));
      }
    }
    throw new LedgerUnavailable('other writers kept the stream busy', 'busy');
  }

  private send(stream: string, events: readonly ProposedEvent[], expected: ExpectedRevision): Promise<Outcome> {
    const { callMs } = this.connection.patience;
    return this.connection.once(async (client) => {
      const pipe = await this.pipeOf(client);
      const { revision, position } = await pipe.append(this.scope.stored(stream), events, expected, callMs);
      return { revision, position: asksBack(events) ? undefined : (position as Position | undefined), repeated: false };
    });
  }

  /**
   * Whether the append is in its stream already, and that stream's last revision at the same moment.
   * @throws IdempotencyViolation when the stream holds only some of the events, or in another order
   */
  private async find(
    { stream, events }: Append,
    since?: Position,
  ): Promise<{ place: Place | undefined; last: number }> {
    const ids = events.map(({ id }) => id);
    const search = mayRepeat(events) ? this.ids.findAnywhere(stream, ids) : this.ids.findNearEnd(stream, ids, since);
    const { places, last } = await search;
    const none = places.every((place) => place === undefined);
    return { place: none ? undefined : lastOfSame(stream, events, places), last };
  }

  private async last(stream: string, revision: number): Promise<{ position: Position; writer: string | undefined }> {
    const found: { position: Position; writer: string | undefined }[] = [];
    const take = (record: WireRecord): void => {
      found.push({ position: positionOf(record), writer: writerOf(record) });
    };
    const page = streamPage(this.scope.stored(stream), revision, 'forwards', 1);
    await this.reader.records(page, take, () => void (found.length = 0), stream);
    if (!found[0]) throw new LedgerCorrupted(`stream ${stream} lacks the event that was just appended at ${revision}`);
    return found[0];
  }

  private pipeOf(client: Client): Promise<AppendPipe> {
    if (this.pipe?.client === client) return this.pipe.opening;
    const opening = this.openPipe(client, () => {
      if (this.pipe === mine) this.pipe = undefined;
    });
    const mine = { client, opening };
    this.pipe = mine;
    return opening;
  }

  private async openPipe(client: Client, gone: () => void): Promise<AppendPipe> {
    try {
      if (await client.supportsBatchAppend()) return await AppendPipe.open(client, gone);
    } catch (error) {
      gone();
      throw error;
    }
    gone();
    throw new StoreFailure('refused', 'the event store is too old: it has no batch append');
  }
}

/**
 * Ids that are made anew for each command (UUIDv7) come a second time only from this process, which
 * remembers them. Others are derived so that they do come again, from anywhere, at any time: they are
 * looked for.
 */
const mayRepeat = (events: readonly { readonly id: string }[]): boolean => events.some(({ id }) => id[14] !== '7');

/**
 * Whether the last event is read back. Of several events the server may name the position where the write
 * begins; and only the event itself can tell whether somebody else sent the same ids at the same time.
 */
const asksBack = (events: readonly { readonly id: string }[]): boolean => events.length > 1 || mayRepeat(events);

const about = ({ stream, rows }: Append): { stream: string; bytes: number } => ({
  stream,
  bytes: rows.reduce((sum, { data, context }) => sum + Buffer.byteLength(data) + Buffer.byteLength(context), 0),
});
