import { HASH_BYTES, nodeHash } from '../merkle/index.js';
import { TILE_HEIGHT, TILE_WIDTH } from './paths.js';

/** A tile's bytes, at least as wide as is needed. */
export type ReadTile = (level: number, number: number) => Buffer;

/** Any complete subtree's hash from tiles, which hold every eighth level only. */
export function hashInTiles(level: number, index: number, read: ReadTile): Buffer {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const count = 2 ** (level % TILE_HEIGHT);
  const first = index * count;
  const number = Math.floor(first / TILE_WIDTH);
  const from = (first - number * TILE_WIDTH) * HASH_BYTES;
  const bytes = read(tileLevel, number).subarray(from, from + count * HASH_BYTES);
  if (bytes.length !== count * HASH_BYTES) throw new RangeError(`tile ${tileLevel}/${number} is cut short`);
  return rootOfHashes(bytes);
}

/** Root of a power of two of hashes. */
export function rootOfHashes(bytes: Buffer): Buffer {
  if (bytes.length === HASH_BYTES) return bytes;
  const middle = bytes.length / 2;
  return nodeHash(rootOfHashes(bytes.subarray(0, middle)), rootOfHashes(bytes.subarray(middle)));
}
