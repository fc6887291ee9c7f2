import { EMPTY_ROOT, nodeHash } from './hashing.js';
import { assertSize, splitOf } from './size.js';

/** A complete subtree's hash: level 0 are the leaves, and index counts the subtrees of that level from the left. */
export type ReadHash = (level: number, index: number) => Buffer;
export type ReadHashLater = (level: number, index: number) => Promise<Buffer>;

/** Root of the first `size` leaves. */
export function rootOf(size: number, read: ReadHash): Buffer {
  assertSize(size);
  return size === 0 ? EMPTY_ROOT : hashOf(0, size, read);
}

/** PATH(index, D[size]) of RFC 6962 §2.1.1: the leaf's sibling first. */
export function inclusionProof(index: number, size: number, read: ReadHash): Buffer[] {
  assertSize(size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new RangeError(`a tree of ${size} has no leaf ${index}`);
  }
  return path(index, 0, size, read);
}

/** PROOF(first, D[second]) of RFC 6962 §2.1.2. From an empty tree, and from a tree to itself, there is nothing to prove. */
export function consistencyProof(first: number, second: number, read: ReadHash): Buffer[] {
  assertSize(first);
  assertSize(second);
  if (first > second) throw new RangeError(`a tree of ${second} is no continuation of one of ${first}`);
  return first === 0 ? [] : subproof(first, 0, second, true, read);
}

/** The same where hashes come from somewhere slow: `proof` names what it needs, which is then read at once. */
export async function readingAhead<T>(proof: (read: ReadHash) => T, read: ReadHashLater): Promise<T> {
  const wanted = new Map<string, Promise<Buffer>>();
  proof((level, index) => {
    const key = `${level}/${index}`;
    if (!wanted.has(key)) wanted.set(key, read(level, index));
    return EMPTY_ROOT;
  });
  const found = new Map<string, Buffer>();
  for (const [key, hash] of wanted) found.set(key, await hash);
  return proof((level, index) => found.get(`${level}/${index}`)!);
}

function path(index: number, start: number, size: number, read: ReadHash): Buffer[] {
  if (size === 1) return [];
  const split = splitOf(size);
  return index < split
    ? [...path(index, start, split, read), hashOf(start + split, size - split, read)]
    : [...path(index - split, start + split, size - split, read), hashOf(start, split, read)];
}

/** `known`: the verifier has the hash of these first leaves already, because they are the whole first tree. */
function subproof(first: number, start: number, size: number, known: boolean, read: ReadHash): Buffer[] {
  if (first === size) return known ? [] : [hashOf(start, size, read)];
  const split = splitOf(size);
  return first <= split
    ? [...subproof(first, start, split, known, read), hashOf(start + split, size - split, read)]
    : [...subproof(first - split, start + split, size - split, false, read), hashOf(start, split, read)];
}

function hashOf(start: number, size: number, read: ReadHash): Buffer {
  const split = splitOf(size);
  if (size === 1 || split * 2 === size) return read(Math.log2(size), start / size);
  return nodeHash(hashOf(start, split, read), hashOf(start + split, size - split, read));
}
