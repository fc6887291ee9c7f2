/** The files of a bundle, wherever they are: a folder, a .tar, or memory. Paths are relative, with `/` between the parts. */
export interface BundleFiles {
  /** For people: where it lies. */
  readonly place: string;
  /** Paths of all files, with their sizes, in the order of the paths. */
  readonly sizes: ReadonlyMap<string, number>;
  /** A whole small file. @throws UnreadableFile when it is larger than `atMost` bytes */
  read(path: string, atMost: number): Promise<Buffer | undefined>;
  /** A file of any size, in pieces. */
  stream(path: string): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

/** No path of a bundle climbs, is absolute, or has a part that some file system would take for another. */
export function isBundlePath(path: string): boolean {
  return (
    path.length > 0 &&
    path.length <= 1024 &&
    path.isWellFormed() &&
    !/[\u0000-\u001f\u007f\\]/.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

export const inOrder = (sizes: Iterable<readonly [string, number]>): ReadonlyMap<string, number> =>
  new Map([...sizes].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
