import { LRUCache } from 'lru-cache';
import { Position } from '../../core/index.js';
import { LogScope } from './log-scope.js';
import { streamPage } from './read-call.js';
import { Reader } from './reader.js';
import { idOf, positionOf, WireRecord } from './record.js';

export interface Place {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
}

export interface Found {
  /** One for each id, in their order. */
  readonly places: readonly (Place | undefined)[];
  /** Of the stream at the moment when it was searched; -1 when there is no such stream. */
  readonly last: number;
}

interface Index {
  next: number;
  readonly places: Map<string, Place>;
}

const PAGE = 1000;
const REMEMBERED_IDS = 500_000;
/** How far back the end of a stream is searched for an append that came from elsewhere. */
const LOOK_BACK = 64;

/** Finds events in a stream by their ids, which the server has no call for. */
export class StreamIds {
  private readonly indexes = new LRUCache<string, Index>({
    maxSize: REMEMBERED_IDS,
    sizeCalculation: ({ places }) => places.size + 1,
  });

  constructor(
    private readonly reader: Reader,
    private readonly scope: LogScope,
  ) {}

  /** Looks at the whole stream; what was looked at before is remembered, so only the new is read. */
  async findAnywhere(stream: string, ids: readonly string[]): Promise<Found> {
    const index = this.indexes.get(stream) ?? { next: 0, places: new Map<string, Place>() };
    const take = (record: WireRecord): void => {
      const place = placeOf(stream, record);
      index.places.set(idOf(record), place);
      index.next = Math.max(index.next, place.revision + 1);
    };
    for (let before = -1; before !== index.next;) {
      before = index.next;
      const page = streamPage(this.scope.stored(stream), before, 'forwards', PAGE);
      await this.reader.records(page, take, () => undefined, stream);
      if (index.next - before < PAGE) break;
    }
    this.indexes.set(stream, index);
    return { places: ids.map((id) => index.places.get(id)), last: index.next - 1 };
  }

  /** Looks at all that has come to the stream since a position, or else at its end only. */
  async findNearEnd(stream: string, ids: readonly string[], since: Position | undefined): Promise<Found> {
    const wanted = new Set(ids);
    const places = new Map<string, Place>();
    let last = -1;
    for (let from: number | undefined = undefined; ;) {
      let done = since === undefined;
      let lowest = 0;
      const take = (record: WireRecord): 'enough' | void => {
        const place = placeOf(stream, record);
        lowest = place.revision;
        last = Math.max(last, lowest);
        if (wanted.has(idOf(record))) places.set(idOf(record), place);
        done ||= places.size === wanted.size || place.position <= since!;
        if (done && since !== undefined) return 'enough';
      };
      const count = since === undefined ? LOOK_BACK + ids.length : PAGE;
      const page = streamPage(this.scope.stored(stream), from, 'backwards', count);
      await this.reader.records(page, take, () => undefined, stream);
      if (done || lowest === 0) return { places: ids.map((id) => places.get(id)), last };
      from = lowest - 1;
    }
  }
}

const placeOf = (stream: string, record: WireRecord): Place => ({
  stream,
  revision: Number(record.getStreamRevision()),
  position: positionOf(record),
});
