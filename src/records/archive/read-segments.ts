import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { CompactTree } from '../../evidence/index.js';
import { linesOf } from './lines.js';
import { ArchivedEvent, base64, leafOf, SEGMENT_FORMAT, SegmentEnd, SegmentHead, treeOf } from './segment.js';

/** What is wrong with an archived segment, in words, with the file and the first event that is wrong. */
export class SegmentDamaged extends Error {
  override readonly name = 'SegmentDamaged';
}

export interface SegmentRead {
  readonly file: string;
  readonly head: SegmentHead;
  readonly end: SegmentEnd;
}

export interface SegmentOptions {
  readonly onSegment?: (read: SegmentRead) => void;
  /** The log's beginning has to be among them. */
  readonly fromTheFirst?: boolean;
}

type Line = Partial<SegmentHead> & {
  readonly event?: ArchivedEvent;
  readonly leaf?: string;
  readonly end?: SegmentEnd;
};

/**
 * Events of segments, in the order of the log, each checked before it is passed on: its leaf, its place in its
 * stream, the time; and at the end of each segment the tree, which the next one has to continue. So a segment that
 * is missing, put in twice or taken from another log is noticed as one that was changed.
 */
export async function* eventsOfSegments(
  files: readonly string[],
  { onSegment, fromTheFirst = false }: SegmentOptions = {},
): AsyncGenerator<ArchivedEvent> {
  let before: { readonly file: string; readonly tree: CompactTree } | undefined;
  const order = new Order();
  for (const file of files) {
    const lines = linesOf(createReadStream(file) as AsyncIterable<Buffer>);
    const { value: first } = (await lines.next()) as { readonly value: string | undefined };
    const head = headOf(file, first);
    if (!before && fromTheFirst && head.first !== 0)
      throw new SegmentDamaged(`${file} begins at event ${head.first}: the segments before it are missing`);
    continues(file, head, before);
    const tree = startOf(file, head);
    let end: SegmentEnd | undefined;
    for await (const given of lines) {
      const found = parsed(file, given);
      if (end) throw new SegmentDamaged(`${file} goes on after its end`);
      if (found.end) end = found.end;
      else yield order.next(checked(file, tree, found));
    }
    if (!end) throw new SegmentDamaged(`${file} is cut short: its last line is missing`);
    closes(file, head, tree, end);
    onSegment?.({ file, head, end });
    before = { file, tree };
  }
}

/** Of one segment that whoever stores it has checked already, by its digest. */
export async function* eventsOfStream(body: Readable): AsyncGenerator<ArchivedEvent> {
  for await (const text of linesOf(body as AsyncIterable<Buffer>)) {
    const { event } = parsed('the segment', text);
    if (event) yield event;
  }
}

function parsed(file: string, text: string | undefined): Line {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below.
  }
  throw new SegmentDamaged(`${file} has a line that is no JSON object`);
}

function headOf(file: string, text: string | undefined): SegmentHead {
  const head = typeof text === 'string' && text !== '' ? parsed(file, text) : {};
  const { format, segment, first, start } = head;
  if (format === SEGMENT_FORMAT && Number.isSafeInteger(segment) && Number.isSafeInteger(first) && Array.isArray(start))
    return head as SegmentHead;
  throw new SegmentDamaged(`${file} is no archived segment: its first line does not say ${SEGMENT_FORMAT}`);
}

function continues(file: string, head: SegmentHead, before: { file: string; tree: CompactTree } | undefined): void {
  if (!before) return;
  const { size } = before.tree;
  if (head.first !== size)
    throw new SegmentDamaged(
      `between ${before.file} and ${file} a segment is missing or put in twice: the first ends before event ${size}, the second begins at ${head.first}`,
    );
  if (head.start.join() !== base64(before.tree.hashes()).join())
    throw new SegmentDamaged(`${file} does not continue ${before.file}: it is of another log, or was changed`);
}

function startOf(file: string, { first, start }: SegmentHead): CompactTree {
  try {
    return treeOf(first, start);
  } catch {
    throw new SegmentDamaged(`${file} does not say what it continues: its first line was changed`);
  }
}

function checked(file: string, tree: CompactTree, { event, leaf }: Line): ArchivedEvent {
  const place = `event ${tree.size} in ${file}`;
  if (!event || typeof leaf !== 'string') throw new SegmentDamaged(`${place} is no event`);
  let hash: Buffer;
  try {
    hash = leafOf(event);
  } catch {
    throw new SegmentDamaged(`${place} is no whole event`);
  }
  if (hash.toString('base64') !== leaf)
    throw new SegmentDamaged(`${place} was changed: it is not what its hash was made of`);
  tree.append(hash);
  return event;
}

function closes(file: string, { first }: SegmentHead, tree: CompactTree, end: SegmentEnd): void {
  if (end.size !== tree.size || end.events !== tree.size - first)
    throw new SegmentDamaged(`${file} has ${tree.size - first} events, and says ${end.events}`);
  if (end.root !== tree.root().toString('base64') || end.hashes.join() !== base64(tree.hashes()).join())
    throw new SegmentDamaged(`${file} was changed: its events do not lead to the root at its end`);
}

/** As the log promises: no event is from before the one that it comes after. */
class Order {
  private latest = 0;

  next(event: ArchivedEvent): ArchivedEvent {
    if (event.recordedAt < this.latest)
      throw new SegmentDamaged(`event ${event.id} is dated before the one that it comes after`);
    this.latest = event.recordedAt;
    return event;
  }
}
