import { Position, RecordedEvent, START } from '../../core/index.js';
import { DEFAULT_PAGE, LedgerCorrupted, ReadAll, ReadStream } from '../port/index.js';
import { Client, streamsPb } from './client.js';
import { Connection } from './connection.js';
import { failureOf, StoreFailure, toPortError } from './failure.js';
import { LogScope } from './log-scope.js';
import { allPage, Direction, ReadCall, ReadOptions, streamPage } from './read-call.js';
import { positionOf, toRecorded, WireRecord } from './record.js';
import { within } from './within.js';

const BUFFER = 4096;

/** Pages of a stream and of the log. Reads are repeated while the server is away. */
export class Reader {
  private highest: Position = START;

  constructor(
    private readonly connection: Connection,
    private readonly scope: LogScope,
  ) {}

  /** No event that was in the log when this was read lies beyond the true head; some may lie beyond this. */
  get known(): Position {
    return this.highest;
  }

  saw(position: Position): void {
    if (position > this.highest) this.highest = position;
  }

  async stream(stream: string, options: ReadStream = {}): Promise<readonly RecordedEvent[]> {
    const { from, direction = 'forwards', limit = DEFAULT_PAGE } = options;
    if (limit <= 0 || (from !== undefined && from < 0)) return [];
    const page = streamPage(this.scope.stored(stream), from, direction, limit);
    const events: RecordedEvent[] = [];
    const start = (): void => void (events.length = 0);
    await this.records(page, (record) => void events.push(toRecorded(record, stream)), start, stream);
    if (direction === 'forwards') assertComplete(stream, events, from ?? 0);
    this.saw(events.at(direction === 'forwards' ? -1 : 0)?.position ?? START);
    return events;
  }

  async all(options: ReadAll = {}): Promise<readonly RecordedEvent[]> {
    const { from, direction = 'forwards', limit = DEFAULT_PAGE } = options;
    const backwards = direction === 'backwards';
    const events: RecordedEvent[] = [];
    if (limit <= 0 || (backwards && from === START)) return events;
    for (let at = from === START ? undefined : from; events.length < limit;) {
      const page = await this.pageOfAll(at, direction, limit - events.length);
      events.push(...page.events);
      if (page.reached === undefined || page.reached === at) break;
      at = page.reached;
    }
    this.saw(events.at(backwards ? 0 : -1)?.position ?? START);
    return events;
  }

  /** Up to `limit` events beyond a position, and how far the server has looked. */
  private async pageOfAll(
    at: Position | undefined,
    direction: Direction,
    limit: number,
  ): Promise<{ events: readonly RecordedEvent[]; reached: Position | undefined }> {
    const events: RecordedEvent[] = [];
    let reached: Position | undefined;
    const start = (): void => void ((reached = undefined), (events.length = 0));
    const take = (record: WireRecord): void => {
      const position = positionOf(record);
      this.scope.assertKeeps(record);
      const beyond = at === undefined || (direction === 'backwards' ? position < at : position > at);
      const stream = this.scope.streamName(record);
      if (beyond && stream !== undefined && events.length < limit) events.push(toRecorded(record, stream));
      reached = position;
    };
    // One more than wanted: forwards the server repeats the event at the position.
    await this.records(allPage(at, direction, limit + 1, this.scope.filter), take, start);
    return { events, reached };
  }

  async head(): Promise<Position> {
    const [last] = await this.all({ direction: 'backwards', limit: 1 });
    return last?.position ?? START;
  }

  /** One try with a short limit: is the leader there and does it answer? */
  async probe(limitMs: number): Promise<void> {
    const options = allPage(undefined, 'backwards', 1, this.scope.filter);
    await this.connection.once((client) => drain(client, options, () => undefined, limitMs), limitMs);
  }

  /**
   * Every record of a page, until `take` answers that it has enough; `start` is called before each try. A
   * stream that is not there has none.
   */
  async records(options: ReadOptions, take: Take, start: () => void, stream?: string): Promise<void> {
    const { callMs } = this.connection.patience;
    try {
      // The limit holds for each silence, not for the whole page.
      await this.connection.persist((client) => (start(), drain(client, options, take, callMs)), Infinity);
    } catch (error) {
      throw error instanceof StoreFailure ? toPortError(error, { stream }) : error;
    }
  }
}

/** `enough` ends the reading. */
export type Take = (record: WireRecord) => 'enough' | void;

async function drain(client: Client, options: ReadOptions, take: Take, silenceMs: number): Promise<void> {
  const call = await within(silenceMs, ReadCall.open(client, options, BUFFER));
  try {
    for (;;) {
      const responses = await within(silenceMs, call.take(BUFFER)).catch(rethrow);
      if (!responses) return;
      for (const response of responses) {
        const record = eventIn(response);
        if (record && take(record) === 'enough') return;
      }
    }
  } finally {
    call.cancel();
  }
}

const rethrow = (error: unknown): never => {
  throw failureOf(error);
};

export const eventIn = (response: streamsPb.ReadResp): WireRecord | undefined => response.getEvent()?.getEvent();

/** A stream has no gaps. One at its front means that the server has forgotten events. */
function assertComplete(stream: string, events: readonly RecordedEvent[], from: number): void {
  const gap = events.find(({ revision }, index) => revision !== from + index);
  if (!gap) return;
  throw new LedgerCorrupted(`stream ${stream} lacks events before revision ${gap.revision}: they have been removed`);
}
