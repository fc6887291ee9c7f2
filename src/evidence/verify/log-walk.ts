import { RecordedEvent } from '../../core/index.js';
import { Envelope } from '../bundle/line.js';
import { TileWriter } from '../bundle/tile-writer.js';
import { entryOf } from '../entry.js';
import { CompactTree, leafHash } from '../merkle/index.js';
import { ArtifactCheck } from './artifacts.js';
import { CheckpointBook } from './checkpoints.js';
import { envelopeProblem, isObject } from './envelope.js';
import { Findings } from './findings.js';
import { OrderCheck, Placed } from './order.js';
import { SignatureCheck } from './signatures.js';
import { TypeCount } from './types.js';

/** What is at one place of the log, as far as it could be read. */
export interface SourceEvent {
  /** Absent when it is missing or can't be read; then that has been told already. */
  readonly envelope?: Envelope;
  /** The entry that the log was signed with, where one is kept apart from the event: it stands in for a missing event. */
  readonly entry?: Buffer;
}

export interface WalkParts {
  readonly findings: Findings;
  readonly book: CheckpointBook;
  readonly types: TypeCount;
  readonly artifacts?: ArtifactCheck;
  /** Told of every entry and hash, to compare them with what is kept. */
  readonly tiles?: TileWriter;
  readonly onProgress?: (events: number) => void;
}

export interface Walked {
  readonly events: number;
  /** Absent when an event is missing and nothing stands in for it. */
  readonly root?: Buffer;
  readonly signatures: number;
}

/** One pass over the log, from its first event to its last: everything is checked on the way. */
export async function walkLog(pages: AsyncIterable<readonly SourceEvent[]>, parts: WalkParts): Promise<Walked> {
  const walk = new LogWalk(parts);
  try {
    for await (const page of pages) {
      for (const event of page) await walk.take(event);
      parts.onProgress?.(walk.events);
    }
    return await walk.end();
  } finally {
    walk.close();
  }
}

class LogWalk {
  private readonly order: OrderCheck;
  private readonly signatures: SignatureCheck;
  private readonly tree = CompactTree.empty();
  /** A place without a hash: from there on there is no tree. */
  private broken = false;
  events = 0;

  constructor(private readonly parts: WalkParts) {
    this.order = new OrderCheck(parts.findings);
    this.signatures = new SignatureCheck(parts.findings);
    if (parts.book.wants(0)) parts.book.rootIs(0, this.tree.root());
  }

  async take({ envelope, entry }: SourceEvent): Promise<void> {
    const index = this.events++;
    const sound = envelope !== undefined && this.check(index, envelope);
    if (!sound && envelope === undefined) this.checkEntry(index, entry);
    await this.hash(sound ? this.entryOf(index, envelope) : entry);
    if (sound) await this.parts.artifacts?.take(index, envelope);
  }

  async end(): Promise<Walked> {
    const { book, tiles } = this.parts;
    book.endsAt(this.events);
    if (!this.broken) await tiles?.finish();
    const root = this.broken ? {} : { root: this.tree.root() };
    return { events: this.events, ...root, signatures: this.signatures.checked };
  }

  close(): void {
    this.order.close();
    this.signatures.close();
  }

  /** Whether there is an entry to be made of it. */
  private check(index: number, envelope: Envelope): boolean {
    const problem = envelopeProblem(envelope);
    if (problem !== undefined) {
      const which = isObject(envelope) ? { ...envelope, index } : { index };
      this.parts.findings.at(which, 'envelope-malformed', problem);
      return isObject(envelope) && isObject(envelope.data);
    }
    this.order.take(index, envelope);
    this.signatures.take(index, envelope);
    this.parts.types.take(index, envelope);
    return true;
  }

  private entryOf(index: number, envelope: Envelope): Buffer | undefined {
    try {
      return entryOf(envelope as RecordedEvent);
    } catch (error) {
      // Half a character, or more than an entry holds: Custody's ledgers take in neither.
      this.parts.findings.at({ ...envelope, index }, 'envelope-malformed', `has no entry: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** The event is gone, and what it was signed with still tells its place. */
  private checkEntry(index: number, entry: Buffer | undefined): void {
    const placed = entry && parsed(entry);
    if (placed) this.order.take(index, placed);
  }

  private async hash(entry: Buffer | undefined): Promise<void> {
    if (!entry) this.broken = true;
    if (this.broken) return;
    const { tiles, book } = this.parts;
    const leaf = leafHash(entry!);
    tiles?.entry(entry!, leaf);
    this.tree.append(leaf, tiles && ((level, index, node) => tiles.node(level, index, node)));
    if (book.wants(this.tree.size)) book.rootIs(this.tree.size, this.tree.root());
    if (this.tree.size % 256 === 0) await tiles?.flush();
  }
}

function parsed(entry: Buffer): Placed | undefined {
  try {
    const value = JSON.parse(entry.toString('utf8')) as Partial<Placed>;
    const { id, type, stream, revision, recordedAt } = value;
    const sound = [id, type, stream].every((text) => typeof text === 'string');
    return sound && Number.isSafeInteger(revision) && Number.isSafeInteger(recordedAt) ? (value as Placed) : undefined;
  } catch {
    return undefined;
  }
}
