import { BundleFiles } from '../bundle/bundle-files.js';
import { BundleSink, BundleStream } from '../bundle/bundle-sink.js';
import { LOG, MAX_TILE_BYTES } from '../bundle/layout.js';
import { HASH_BYTES } from '../merkle/index.js';
import { decodeBundle, parseTilePath, TILE_WIDTH, TileName, tilePath, tileWidth } from '../tiles/index.js';
import { isObject } from './envelope.js';
import { Findings, short } from './findings.js';

/** Stands where tiles are written, and compares them with those that are there: the first difference names its event. */
export class CompareTiles implements BundleSink {
  /** Those that a log of this size has. */
  readonly seen = new Set<string>();

  constructor(
    private readonly files: BundleFiles,
    private readonly findings: Findings,
    /** Of the tree that the tiles were kept for; the log at hand may have come out longer or shorter. */
    private readonly size: number,
  ) {}

  async put(made: string, bytes: Buffer): Promise<void> {
    const { level, number } = parseTilePath(made.slice(LOG.length))!;
    const name = { level, number, width: tileWidth(level === 'entries' ? 0 : level, number, this.size) };
    // Behind the end of what was signed there are no tiles.
    if (name.width === 0) return;
    const path = LOG + tilePath(name);
    this.seen.add(path);
    const size = this.files.sizes.get(path);
    if (size === undefined) return this.findings.add('file-missing', `${path} is missing (${holds(name)})`);
    const kept = size > MAX_TILE_BYTES ? Buffer.alloc(0) : (await this.files.read(path, MAX_TILE_BYTES))!;
    if (kept.equals(bytes)) return;
    if (level === 'entries') this.entries(path, name, kept, bytes);
    else this.hashes(path, name, kept, bytes);
  }

  begin(): Promise<BundleStream> {
    throw new TypeError('tiles are small');
  }
  async finish(): Promise<void> {}
  async abandon(): Promise<void> {}

  private entries(path: string, { number, width }: TileName, kept: Buffer, made: Buffer): void {
    const [theirs, ours] = [decoded(kept), decodeBundle(made)];
    if (theirs?.length !== width) {
      const what = theirs
        ? `has ${theirs.length} entries instead of ${width}`
        : 'is cut short, or its lengths were changed';
      this.findings.add('file-altered', `${path} ${what}`);
    }
    const at = ours.findIndex((entry, index) => theirs?.[index] !== undefined && !theirs[index].equals(entry));
    if (at < 0) return;
    const index = number * TILE_WIDTH + at;
    const [signed, event] = [fieldsOf(theirs![at]!), fieldsOf(ours[at]!) ?? {}];
    if (!signed)
      return this.findings.at({ ...event, index }, 'entry-altered', `has an entry in ${path} that is no JSON`);
    const code = signed['id'] === event['id'] ? 'event-altered' : 'event-replaced';
    this.findings.at({ ...event, index }, code, `is not what the log was signed with: ${difference(signed, event)}`);
  }

  private hashes(path: string, { level, number, width }: TileName, kept: Buffer, made: Buffer): void {
    if (kept.length !== width * HASH_BYTES)
      this.findings.add('tile-altered', `${path} does not have the ${width} hashes that it should have`);
    const at = firstDifference(kept, made);
    if (at === undefined) return;
    if (level === 0) {
      const what = `does not have the hash that ${path} says: the event or the tile was changed`;
      this.findings.at({ index: number * TILE_WIDTH + at }, 'tile-altered', what);
      return;
    }
    // Follows from what was told already, unless only this tile was changed.
    const end = (number + 1) * TILE_WIDTH ** ((level as number) + 1);
    if (!this.findings.before(end)) this.findings.add('tile-altered', `${path} is not what the hashes below it give`);
  }
}

const decoded = (bundle: Buffer): Buffer[] | undefined => {
  try {
    return decodeBundle(bundle);
  } catch {
    return undefined;
  }
};

function fieldsOf(entry: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(entry.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function difference(signed: Readonly<Record<string, unknown>>, event: Readonly<Record<string, unknown>>): string {
  const { id, type } = signed;
  if (id !== event['id'])
    return `in its place there was ${short(String(type))} (${short(String(id))}), so an event was put in, taken out or moved`;
  const fields = [...new Set([...Object.keys(signed), ...Object.keys(event)])];
  const changed = fields.filter((field) => JSON.stringify(signed[field]) !== JSON.stringify(event[field]));
  if (changed.length === 0) return 'its entry is written in another way';
  return `another ${changed.map((field) => short(field.replace(/_sha256$/, ''))).join(', ')}`;
}

export function firstDifference(kept: Buffer, made: Buffer): number | undefined {
  for (let at = 0; at < Math.min(made.length, kept.length); at += HASH_BYTES)
    if (!made.subarray(at, at + HASH_BYTES).equals(kept.subarray(at, at + HASH_BYTES))) return at / HASH_BYTES;
  return undefined;
}

function holds({ level, number, width }: TileName): string {
  if (level !== 0 && level !== 'entries') return 'hashes of hashes';
  const [from, to] = [number * TILE_WIDTH + 1, number * TILE_WIDTH + width].map((each) => each.toLocaleString('en'));
  return `${level === 0 ? 'hashes' : 'entries'} of events ${from} to ${to}`;
}
