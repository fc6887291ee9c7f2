import { createHash, hash } from 'node:crypto';
import { RecordedEvent } from '../../core/index.js';
import { parseCheckpoint } from '../checkpoint.js';
import { entryOf } from '../entry.js';
import { CompactTree, leafHash } from '../merkle/index.js';
import { splitNote } from '../note/index.js';
import { BundleSink } from './bundle-sink.js';
import { checkpointPath, LATEST } from './layout.js';
import { encodeManifest, FORMAT, ListedFile, MANIFEST, Manifest } from './manifest.js';
import { ArtifactCopier, ArtifactFeed } from './artifact-copier.js';
import { SegmentWriter } from './segment-writer.js';
import { TileWriter } from './tile-writer.js';

export interface BundleContent {
  readonly origin: string;
  /** Verifier keys of the log. */
  readonly keys: readonly string[];
  /** Signed checkpoints, the smallest first; the last one says how far the bundle goes. */
  readonly checkpoints: readonly string[];
  /** The log from its start, in order, in pages. What is behind the last checkpoint is left out. */
  readonly events: AsyncIterable<readonly RecordedEvent[]>;
  readonly artifacts?: ArtifactFeed;
  readonly models?: AsyncIterable<{ readonly path: string; readonly bytes: Buffer }>;
  readonly eventsPerFile?: number;
  readonly onProgress?: (done: number, of: number) => void;
}

/** The log is not what its own latest checkpoint says; a bundle of it would be evidence of nothing. */
export class LogNotAsSigned extends Error {
  override readonly name = 'LogNotAsSigned';
}

/** Writes everything, one event after the other. @throws LogNotAsSigned */
export async function writeBundle(sink: BundleSink, content: BundleContent): Promise<Manifest> {
  const latest = content.checkpoints.at(-1);
  if (latest === undefined) throw new LogNotAsSigned('the log has no signed checkpoint yet');
  const { size, root } = parseCheckpoint(splitNote(latest).text);
  const log = await writeLog(sink, content, size);
  if (log.tree.size < size)
    throw new LogNotAsSigned(`the log has ${log.tree.size} events, and its latest checkpoint says ${size}`);
  if (!log.tree.root().equals(root))
    throw new LogNotAsSigned(`the log's first ${size} events do not have the root that its checkpoint says`);
  await sink.put(LATEST, Buffer.from(latest));
  const checkpoints = await writeCheckpoints(sink, content.checkpoints);
  const models: ListedFile[] = [];
  for await (const { path, bytes } of content.models ?? []) {
    await sink.put(path, bytes);
    models.push({ path, sha256: hash('sha256', bytes, 'hex') });
  }
  const manifest: Manifest = {
    format: FORMAT,
    origin: content.origin,
    size,
    root: root.toString('base64'),
    keys: content.keys,
    segments: log.segments,
    checkpoints,
    types: Object.fromEntries(log.types),
    ...(log.artifacts && { artifacts: log.artifacts }),
    models: models.sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
  // Last: what has none is no bundle.
  await sink.put(MANIFEST, encodeManifest(manifest));
  return manifest;
}

async function writeLog(sink: BundleSink, content: BundleContent, size: number) {
  const tree = CompactTree.empty();
  const tiles = new TileWriter(sink);
  const segments = new SegmentWriter(sink, content.eventsPerFile);
  const artifacts = content.artifacts && new ArtifactCopier(sink, content.artifacts);
  const types = new Map<string, number>();
  try {
    for await (const page of content.events) {
      for (const event of page.slice(0, size - tree.size)) {
        const entry = entryOf(event);
        const leaf = leafHash(entry);
        tiles.entry(entry, leaf);
        tree.append(leaf, (level, index, node) => tiles.node(level, index, node));
        types.set(event.type, (types.get(event.type) ?? 0) + 1);
        await tiles.flush();
        await segments.write(event);
        await artifacts?.copyOf(event);
      }
      content.onProgress?.(tree.size, size);
      if (tree.size >= size) break;
    }
    await tiles.finish();
    return { tree, types, segments: await segments.finish(), artifacts: artifacts?.copied() };
  } finally {
    artifacts?.close();
  }
}

async function writeCheckpoints(sink: BundleSink, notes: readonly string[]): Promise<readonly ListedFile[]> {
  const files: ListedFile[] = [];
  const sizes = new Map<number, number>();
  for (const note of notes) {
    const { size } = parseCheckpoint(splitNote(note).text);
    const nth = sizes.get(size) ?? 0;
    sizes.set(size, nth + 1);
    const path = checkpointPath(size, nth);
    const bytes = Buffer.from(note);
    await sink.put(path, bytes);
    files.push({ path, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
