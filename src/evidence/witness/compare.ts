import { Checkpoint } from '../checkpoint.js';
import { EMPTY_ROOT, verifyConsistency } from '../merkle/index.js';

/** What two checkpoints say about each other. `words` is for a person. */
export type Comparison =
  | { readonly kind: 'same' | 'consistent'; readonly words: string }
  /** Nothing can be said without a proof from the smaller to the larger one. */
  | { readonly kind: 'needs-proof'; readonly first: number; readonly second: number; readonly words: string }
  | { readonly kind: 'other-log' | 'bad-proof' | 'split-view'; readonly words: string };

/**
 * Do two checkpoints belong to one history? Both must have been verified as signed by the log before: then
 * two different roots for one size are proof that the log's key signed two histories. A proof that does not
 * verify shows less: either the proof is wrong or there are two histories, so it is told apart.
 */
export function compareCheckpoints(one: Checkpoint, other: Checkpoint, proof?: readonly Buffer[]): Comparison {
  if (one.origin !== other.origin) {
    return { kind: 'other-log', words: `these are checkpoints of two logs, ${one.origin} and ${other.origin}` };
  }
  const [first, second] = one.size <= other.size ? [one, other] : [other, one];
  const [empty] = [first, second].filter(({ size, root }) => size === 0 && !root.equals(EMPTY_ROOT));
  if (empty)
    return { kind: 'split-view', words: `a checkpoint of ${empty.origin} gives an empty log the root of another` };
  if (first.size === second.size) return sameSize(first, second);
  if (first.size === 0) {
    return { kind: 'consistent', words: `any log continues the empty one; the later has ${second.size} entries` };
  }
  const sizes = { first: first.size, second: second.size };
  if (!proof) {
    const words = `whether the log of ${second.size} entries continues the one of ${first.size} takes a consistency proof`;
    return { kind: 'needs-proof', ...sizes, words };
  }
  const holds = verifyConsistency({ ...sizes, firstRoot: first.root, secondRoot: second.root, hashes: proof });
  return holds
    ? { kind: 'consistent', words: `the log of ${second.size} entries continues the one of ${first.size}` }
    : { kind: 'bad-proof', words: notContinued(first, second) };
}

function sameSize(one: Checkpoint, other: Checkpoint): Comparison {
  if (one.root.equals(other.root)) return { kind: 'same', words: `both say the same of ${one.size} entries` };
  return {
    kind: 'split-view',
    words:
      `split view: the log ${one.origin} has signed two different histories of ${one.size} entries ` +
      `(roots ${short(one.root)} and ${short(other.root)}); one of them was altered, or two servers sign for one log`,
  };
}

const notContinued = (first: Checkpoint, second: Checkpoint): string =>
  `the proof does not show that the log of ${second.size} entries (root ${short(second.root)}) continues ` +
  `the one of ${first.size} (root ${short(first.root)}): the history was altered, two servers sign for one log, or the proof is wrong`;

const short = (root: Buffer): string => `${root.toString('hex').slice(0, 16)}…`;
