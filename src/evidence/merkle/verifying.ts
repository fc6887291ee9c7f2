import { HASH_BYTES, nodeHash } from './hashing.js';
import { half, isOdd } from './size.js';

export interface InclusionProof {
  /** The leaf's hash. */
  readonly leaf: Buffer;
  readonly index: number;
  readonly size: number;
  readonly hashes: readonly Buffer[];
  readonly root: Buffer;
}

export interface ConsistencyProof {
  readonly first: number;
  readonly firstRoot: Buffer;
  readonly second: number;
  readonly secondRoot: Buffer;
  readonly hashes: readonly Buffer[];
}

/** RFC 9162 §2.1.3.2. False, never an exception, for whatever is no proof: these values come from outside. */
export function verifyInclusion({ leaf, index, size, hashes, root }: InclusionProof): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || ![leaf, root, ...hashes].every(isHash)) return false;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of hashes) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  // Hashes left over, or too few, would leave `last` somewhere else than at the root.
  return last === 0 && hash.equals(root);
}

/** RFC 9162 §2.1.4.2. A first tree without leaves proves nothing and is refused, as other verifiers do. */
export function verifyConsistency(proof: ConsistencyProof): boolean {
  const { first, firstRoot, second, secondRoot, hashes } = proof;
  if (!isCount(first) || !isCount(second) || ![firstRoot, secondRoot, ...hashes].every(isHash)) return false;
  if (first === 0 || first > second) return false;
  if (first === second) return hashes.length === 0 && firstRoot.equals(secondRoot);
  let [node, last] = [first - 1, second - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  // A first tree of a power of two is itself a node of the second; the prover does not send it again.
  const [start, ...rest] = node === 0 ? [firstRoot, ...hashes] : hashes;
  if (start === undefined) return false;
  let [one, two] = [start, start];
  for (const hash of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      [one, two] = [nodeHash(hash, one), nodeHash(hash, two)];
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      two = nodeHash(two, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && one.equals(firstRoot) && two.equals(secondRoot);
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isHash = (value: Buffer): boolean => value.length === HASH_BYTES;
