import { BundleSink, BundleStream } from '../bundle/bundle-sink.js';
import { LOG } from '../bundle/layout.js';
import { parseTilePath, TILE_WIDTH } from '../tiles/index.js';
import { firstDifference } from './compare-tiles.js';
import { Findings } from './findings.js';

/** The same for a log in its data folder, where the server keeps the hash of each event since it came. */
export class CompareLeaves implements BundleSink {
  constructor(
    private readonly leaves: (tile: number) => Buffer | undefined,
    private readonly findings: Findings,
  ) {}

  async put(path: string, bytes: Buffer): Promise<void> {
    const { level, number } = parseTilePath(path.slice(LOG.length))!;
    const kept = level === 0 ? this.leaves(number) : undefined;
    const at = kept && firstDifference(kept, bytes);
    if (at === undefined) return;
    const what = 'is not the one that the server hashed when it came: it was changed, put in, or moved';
    this.findings.at({ index: number * TILE_WIDTH + at }, 'event-altered', what);
  }

  begin(): Promise<BundleStream> {
    throw new TypeError('tiles are small');
  }
  async finish(): Promise<void> {}
  async abandon(): Promise<void> {}
}
