import { encodeBundle, TILE_HEIGHT, TILE_WIDTH, tilePath } from '../tiles/index.js';
import { BundleSink } from './bundle-sink.js';
import { LOG } from './layout.js';

/** Writes hash tiles and entry bundles as the tree grows; at most one unfinished tile of each level is held. */
export class TileWriter {
  private readonly levels: { number: number; hashes: Buffer[] }[] = [];
  private entries: Buffer[] = [];
  private bundle = 0;
  private ready: { path: string; bytes: Buffer }[] = [];

  constructor(private readonly sink: BundleSink) {}

  entry(entry: Buffer, leaf: Buffer): void {
    this.entries.push(entry);
    if (this.entries.length === TILE_WIDTH) this.endBundle();
    this.hash(0, leaf);
  }

  node(level: number, _index: number, hash: Buffer): void {
    if (level % TILE_HEIGHT === 0) this.hash(level / TILE_HEIGHT, hash);
  }

  /** Writes what is complete. */
  async flush(): Promise<void> {
    for (const { path, bytes } of this.ready) await this.sink.put(LOG + path, bytes);
    this.ready = [];
  }

  async finish(): Promise<void> {
    if (this.entries.length > 0) this.endBundle();
    for (const level of this.levels.keys()) if (this.levels[level]!.hashes.length > 0) this.endTile(level);
    await this.flush();
  }

  private hash(level: number, hash: Buffer): void {
    const tile = (this.levels[level] ??= { number: 0, hashes: [] });
    tile.hashes.push(hash);
    if (tile.hashes.length === TILE_WIDTH) this.endTile(level);
  }

  private endTile(level: number): void {
    const { number, hashes } = this.levels[level]!;
    this.ready.push({ path: tilePath({ level, number, width: hashes.length }), bytes: Buffer.concat(hashes) });
    this.levels[level] = { number: number + 1, hashes: [] };
  }

  private endBundle(): void {
    const path = tilePath({ level: 'entries', number: this.bundle, width: this.entries.length });
    this.ready.push({ path, bytes: encodeBundle(this.entries) });
    this.bundle += 1;
    this.entries = [];
  }
}
