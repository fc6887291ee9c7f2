import { createHash } from 'node:crypto';
import { BundleFiles } from '../bundle/bundle-files.js';
import { LOG, MAX_TILE_BYTES } from '../bundle/layout.js';
import { Envelope, lineOf, MAX_LINE_BYTES } from '../bundle/line.js';
import { Segment } from '../bundle/manifest.js';
import { decodeBundle, TILE_WIDTH, tilePath, tileWidth } from '../tiles/index.js';
import { Findings } from './findings.js';
import { linesOf } from './lines.js';
import { SourceEvent } from './log-walk.js';

const PAGE = 500;

/** The events of a bundle, segment by segment. A hole is told, and bridged by the entries in `log/` where they are there. */
export class BundleSource {
  /** As they were found. */
  readonly segments: Segment[] = [];
  private index = 0;
  private bundle: { readonly number: number; readonly entries: readonly Buffer[] } | undefined;

  constructor(
    private readonly files: BundleFiles,
    private readonly listed: readonly Segment[],
    /** What the latest checkpoint says. */
    private readonly size: number,
    private readonly findings: Findings,
  ) {}

  async *pages(): AsyncGenerator<readonly SourceEvent[]> {
    for (const segment of this.listed) {
      if (segment.first > this.index) yield* this.hole(Math.min(segment.first, this.size), 'no file has them');
      if (this.files.sizes.has(segment.path)) yield* this.events(segment.path);
      else yield* this.hole(Math.min(segment.first + segment.events, this.size), `${segment.path} is missing`);
    }
  }

  private async *events(path: string): AsyncGenerator<readonly SourceEvent[]> {
    const digest = createHash('sha256');
    const first = this.index;
    let page: SourceEvent[] = [];
    for await (const line of linesOf(this.files.stream(path), MAX_LINE_BYTES, digest)) {
      page.push(await this.event(path, line));
      this.index += 1;
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
    yield page;
    this.segments.push({ path, first, events: this.index - first, sha256: digest.digest('hex') });
  }

  private async event(path: string, line: Buffer | 'too-long'): Promise<SourceEvent> {
    const envelope = line === 'too-long' ? undefined : parsed(line);
    const canonical = envelope && canonicalOf(envelope);
    if (envelope === undefined || canonical === undefined) {
      this.findings.at(
        { index: this.index },
        'event-unreadable',
        `can't be read: its line in ${path} is no event in JSON`,
      );
      return this.standIn();
    }
    if (!canonical.equals(line as Buffer)) {
      const what = `was altered: its line in ${path} is not as Custody writes one (canonical JSON, RFC 8785)`;
      this.findings.at({ ...envelope, index: this.index }, 'event-altered', what);
    }
    return { envelope };
  }

  private async *hole(to: number, why: string): AsyncGenerator<readonly SourceEvent[]> {
    if (to <= this.index) return;
    const [from, last] = [this.index + 1, to].map((number) => number.toLocaleString('en'));
    this.findings.at(
      { index: this.index },
      'segment-missing',
      `is missing, with all up to event ${last}: ${why} (${from} to ${last})`,
    );
    while (this.index < to) {
      yield [await this.standIn()];
      this.index += 1;
    }
  }

  private async standIn(): Promise<SourceEvent> {
    const number = Math.floor(this.index / TILE_WIDTH);
    if (this.bundle?.number !== number) this.bundle = { number, entries: await this.entries(number) };
    const entry = this.bundle.entries[this.index % TILE_WIDTH];
    return entry ? { entry } : {};
  }

  private async entries(number: number): Promise<readonly Buffer[]> {
    const width = tileWidth(0, number, this.size);
    if (width === 0) return [];
    const path = LOG + tilePath({ level: 'entries', number, width });
    if ((this.files.sizes.get(path) ?? 0) > MAX_TILE_BYTES) return [];
    const bytes = await this.files.read(path, MAX_TILE_BYTES);
    try {
      return bytes ? decodeBundle(bytes) : [];
    } catch (error) {
      // What is wrong with it is told when all tiles are compared.
      if (error instanceof RangeError) return [];
      throw error;
    }
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parsed(line: Buffer): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(UTF8.decode(line));
    return typeof value === 'object' && value !== null ? (value as Envelope) : undefined;
  } catch {
    return undefined;
  }
}

/** Without its newline; `undefined` for what has no canonical form, such as half a character. */
function canonicalOf(envelope: Envelope): Buffer | undefined {
  try {
    return lineOf(envelope).subarray(0, -1);
  } catch {
    return undefined;
  }
}
