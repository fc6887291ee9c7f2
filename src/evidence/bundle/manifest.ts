import { NotABundle } from './bundle-error.js';

export const FORMAT = 'custody-evidence/1';
export const MANIFEST = 'manifest.json';
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/** A run of events, one line each. */
export interface Segment {
  readonly path: string;
  /** Place in the log of its first event, from 0. */
  readonly first: number;
  readonly events: number;
  readonly sha256: string;
}

export interface ListedFile {
  readonly path: string;
  readonly sha256: string;
}

/**
 * What a bundle says it holds. All of it can be told from the rest of the bundle, and `custody verify` does so and
 * compares: nothing in it has to be believed. It tells what is missing when something is.
 */
export interface Manifest {
  readonly format: typeof FORMAT;
  readonly origin: string;
  readonly size: number;
  /** Of the tree of that size, in base64. */
  readonly root: string;
  /** Verifier keys (C2SP signed-note) of the log, for convenience: whoever alters a bundle can alter them too. */
  readonly keys: readonly string[];
  readonly segments: readonly Segment[];
  /** Signed checkpoints, the smallest first. */
  readonly checkpoints: readonly ListedFile[];
  /** How many events of each type. */
  readonly types: Readonly<Record<string, number>>;
  /** Absent when the bundle was made without them. */
  readonly artifacts?: { readonly files: number; readonly bytes: number };
  /** Signatures of model versions. */
  readonly models: readonly ListedFile[];
}

export function encodeManifest(manifest: Manifest): Buffer {
  const { format, origin, size, root, keys, segments, checkpoints, types, artifacts, models } = manifest;
  const sorted = Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1)));
  const value = { format, origin, size, root, keys, segments, checkpoints, types: sorted, artifacts, models };
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Only what is needed to go on is checked here. The rest shows when the manifest is made anew from what was found.
 * @throws NotABundle
 */
export function decodeManifest(bytes: Buffer): Manifest {
  const manifest = parsed(bytes) as Partial<Manifest> | null;
  if (manifest?.format !== FORMAT) throw new NotABundle(`its ${MANIFEST} does not say "format": "${FORMAT}"`);
  const { origin, size, keys, segments, checkpoints, models, types } = manifest;
  const sound =
    typeof origin === 'string' &&
    isCount(size) &&
    typeof types === 'object' &&
    types !== null &&
    isList(keys, (key) => typeof key === 'string') &&
    isList(checkpoints, isListed) &&
    isList(models, isListed) &&
    isList(segments, ({ first, events, ...file }) => isCount(first) && isCount(events) && isListed(file));
  if (!sound) throw new NotABundle(`its ${MANIFEST} lacks what the format ${FORMAT} has`);
  return manifest as Manifest;
}

export const manifestLimit = MAX_MANIFEST_BYTES;

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new NotABundle(`its ${MANIFEST} is no JSON`);
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isListed = (file: Partial<ListedFile>): boolean =>
  typeof file.path === 'string' && typeof file.sha256 === 'string';

function isList<T>(value: readonly T[] | undefined, each: (item: T) => boolean): boolean {
  return Array.isArray(value) && value.every((item: T) => item !== null && item !== undefined && each(item));
}
