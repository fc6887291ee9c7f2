import canonicalize from 'canonicalize';
import { RecordedEvent } from '../../core/index.js';
import { CompactTree, entryOf, leafHash } from '../../evidence/index.js';

export const SEGMENT_FORMAT = 'custody-segment/1';

/** An event as every ledger has it: `position` is an adapter's own. */
export type ArchivedEvent = Omit<RecordedEvent, 'position'>;

export interface SegmentHead {
  readonly format: typeof SEGMENT_FORMAT;
  readonly segment: number;
  /** Place in the log of its first event, from 0. */
  readonly first: number;
  /** The tree before it, by its right edge: the segment continues it, and nothing else can. */
  readonly start: readonly string[];
}

export interface SegmentEnd {
  readonly events: number;
  /** Of the tree up to and with its last event. */
  readonly size: number;
  readonly hashes: readonly string[];
  readonly root: string;
}

export const base64 = (hashes: readonly Buffer[]): readonly string[] => hashes.map((hash) => hash.toString('base64'));
export const treeOf = (size: number, hashes: readonly string[]): CompactTree =>
  CompactTree.of(
    size,
    hashes.map((hash) => Buffer.from(hash, 'base64')),
  );

const line = (value: object): Buffer => Buffer.from(`${canonicalize(value)!}\n`);

export const leafOf = (event: ArchivedEvent): Buffer => leafHash(entryOf(event as RecordedEvent));

/** What a closed segment is known by, once all of it has been written. */
export interface Written extends SegmentEnd {
  readonly last: RecordedEvent;
  readonly oldest: RecordedEvent;
}

/**
 * The file of a segment, line by line: what it continues, each event whole with its leaf's hash, and the tree at its
 * end. One event at a time is in memory.
 */
export async function* segmentLines(
  head: Pick<SegmentHead, 'segment' | 'first' | 'start'>,
  events: AsyncIterable<RecordedEvent>,
  done: (written: Written | undefined) => void,
): AsyncGenerator<Buffer> {
  const tree = treeOf(head.first, head.start);
  yield line({ format: SEGMENT_FORMAT, ...head });
  let [oldest, last]: [RecordedEvent | undefined, RecordedEvent | undefined] = [undefined, undefined];
  for await (const event of events) {
    const { position: _, ...envelope } = event;
    const leaf = leafOf(event);
    tree.append(leaf);
    oldest ??= event;
    last = event;
    yield line({ event: envelope, leaf: leaf.toString('base64') });
  }
  const end = {
    events: tree.size - head.first,
    size: tree.size,
    hashes: base64(tree.hashes()),
    root: tree.root().toString('base64'),
  };
  yield line({ end });
  done(oldest && last && { ...end, oldest, last });
}
