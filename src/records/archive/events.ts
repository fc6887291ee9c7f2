import { accept, Decider, DomainEvent, EventDefinition, JsonObject, Micros, refuse } from '../../core/index.js';

/** A closed run of the log, written to the artifact store as one file, by its digest. */
export type SegmentArchived = DomainEvent<
  'SegmentArchived',
  {
    readonly segment: number;
    /** Place in the log of its first event, from 0, and how many there are. */
    readonly first: number;
    readonly events: number;
    readonly oldestAt: Micros;
    readonly newestAt: Micros;
    /** Position of its last event in the ledger that it was read from. */
    readonly upTo: number;
    readonly sha256: string;
    readonly bytes: number;
    /** The RFC 6962 tree of the whole log at its end: root and right edge, in base64. */
    readonly root: string;
    readonly hashes: readonly string[];
  }
>;

export type Segment = SegmentArchived['data'];

export const ARCHIVE = 'archive';

export const archiveDecider: Decider<readonly Segment[], Segment, SegmentArchived> = {
  initial: [],
  evolve: (segments, { data }) => [...segments, data],
  decide: (segment, segments) => {
    const last = segments.at(-1);
    const { first = 0, events = 0 } = last ?? {};
    if (segment.first === first + events && segment.segment === segments.length + 1)
      return accept({ type: 'SegmentArchived', data: segment });
    return refuse('conflict', 'archive-moved-on', 'somebody else has just archived a segment; try again');
  },
};

export const segmentResource = (segment: number | string) => ({ kind: 'archive-segment', id: String(segment) });

export const archiveEvents: readonly EventDefinition[] = [
  {
    type: 'SegmentArchived',
    summary: 'A closed run of events was written to the archive, whole, with the tree that it continues and ends in.',
    stream: ARCHIVE,
    resource: ({ segment }: JsonObject) => segmentResource(segment as number),
    samples: [
      {
        segment: 1,
        first: 0,
        events: 4711,
        oldestAt: 1767603600000000,
        newestAt: 1767690000000000,
        upTo: 4711,
        sha256: '4c1d3a2b9e8f7061524334251607f8e9dabccbad9e8f70615243342516070819',
        bytes: 3145728,
        root: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
        hashes: ['47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
      },
    ],
  },
];
