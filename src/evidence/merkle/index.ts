export { EMPTY_ROOT, HASH_BYTES, leafHash, nodeHash } from './hashing.js';
export { CompactTree, type OnNode } from './compact-tree.js';
export {
  consistencyProof,
  inclusionProof,
  readingAhead,
  rootOf,
  type ReadHash,
  type ReadHashLater,
} from './proving.js';
export { verifyConsistency, verifyInclusion, type ConsistencyProof, type InclusionProof } from './verifying.js';
