import { ArtifactFile } from '../artifact/events.js';

/** Paths from the sealed folder on; the empty path is a file that was sealed by itself. */
export type SealedFiles = ReadonlyMap<string, ArtifactFile>;

/**
 * The list of files as bytes: JSON with sorted paths and fixed fields, so that the same files always have
 * the same digest, and anybody can work it out again from the events of the files.
 */
export function manifestOf(files: SealedFiles): Buffer {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(
    JSON.stringify({ manifest: 1, files: sorted.map(([path, { size, sha256 }]) => ({ path, size, sha256 })) }),
  );
}

interface Manifest {
  readonly files: readonly ({ readonly path: string } & ArtifactFile)[];
}

/** Of bytes that were verified to be a manifest's. */
export function filesOf(manifest: Buffer): SealedFiles {
  const { files } = JSON.parse(manifest.toString()) as Manifest;
  return new Map(files.map(({ path, size, sha256 }) => [path, { size, sha256 }]));
}

/** What is in a folder, or the file of that name. */
export function filesIn(files: Iterable<readonly [string, ArtifactFile]>, folder: string): SealedFiles {
  const within = folder === '' ? '' : `${folder}/`;
  return new Map(
    [...files].flatMap(([path, file]) => {
      if (path === folder) return [['', file] as const];
      return path.startsWith(within) ? [[path.slice(within.length), file] as const] : [];
    }),
  );
}
