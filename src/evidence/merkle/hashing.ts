import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

/** Root of a tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer');

/** Leaves and nodes begin with different bytes, so that neither can be passed off as the other (RFC 6962 §2.1). */
const LEAF = 0x00;
const NODE = 0x01;

// One buffer for all: each use ends before the next begins, and millions of leaves make no garbage.
const node = Buffer.alloc(1 + 2 * HASH_BYTES, NODE);
let leaf = Buffer.alloc(1 << 16, LEAF);

export function leafHash(entry: Uint8Array): Buffer {
  if (entry.length >= leaf.length) leaf = Buffer.alloc(2 * entry.length, LEAF);
  leaf.set(entry, 1);
  return hash('sha256', leaf.subarray(0, 1 + entry.length), 'buffer');
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) throw new RangeError('a node has two 32-byte hashes');
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return hash('sha256', node, 'buffer');
}
