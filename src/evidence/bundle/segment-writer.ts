import { createHash, Hash } from 'node:crypto';
import { BundleSink, BundleStream } from './bundle-sink.js';
import { segmentPath } from './layout.js';
import { Envelope, lineOf } from './line.js';
import { Segment } from './manifest.js';

export const EVENTS_PER_FILE = 50_000;
const MOST_BYTES = 512 * 1024 * 1024;
const WRITE_BYTES = 256 * 1024;

interface Open {
  readonly path: string;
  readonly first: number;
  readonly stream: BundleStream;
  readonly digest: Hash;
  events: number;
  bytes: number;
  waiting: Buffer[];
  waitingBytes: number;
}

/** Writes `events/000001.ndjson` and so on; the next one begins when one is full. */
export class SegmentWriter {
  private readonly done: Segment[] = [];
  private open: Open | undefined;
  private next = 0;

  constructor(
    private readonly sink: BundleSink,
    private readonly eventsPerFile = EVENTS_PER_FILE,
  ) {}

  async write(event: Envelope): Promise<void> {
    const open = (this.open ??= await this.begin());
    const line = lineOf(event);
    open.waiting.push(line);
    open.waitingBytes += line.length;
    open.bytes += line.length;
    open.events += 1;
    this.next += 1;
    if (open.waitingBytes >= WRITE_BYTES) await flush(open);
    if (open.events >= this.eventsPerFile || open.bytes >= MOST_BYTES) await this.end(open);
  }

  async finish(): Promise<readonly Segment[]> {
    if (this.open) await this.end(this.open);
    return this.done;
  }

  private async begin(): Promise<Open> {
    const path = segmentPath(this.done.length + 1);
    const stream = await this.sink.begin(path);
    const digest = createHash('sha256');
    return { path, first: this.next, stream, digest, events: 0, bytes: 0, waiting: [], waitingBytes: 0 };
  }

  private async end(open: Open): Promise<void> {
    await flush(open);
    await open.stream.end();
    const { path, first, events, digest } = open;
    this.done.push({ path, first, events, sha256: digest.digest('hex') });
    this.open = undefined;
  }
}

async function flush(open: Open): Promise<void> {
  const bytes = Buffer.concat(open.waiting);
  open.waiting = [];
  open.waitingBytes = 0;
  open.digest.update(bytes);
  await open.stream.write(bytes);
}
