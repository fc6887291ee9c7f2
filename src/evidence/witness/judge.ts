import { Checkpoint, CheckpointError, parseCheckpoint } from '../checkpoint.js';
import { EMPTY_ROOT } from '../merkle/index.js';
import { NoteError, openNote, splitNote, type NoteVerifier } from '../note/index.js';
import { AddCheckpoint } from './add-checkpoint.js';
import { compareCheckpoints } from './compare.js';

/** A checkpoint whose signature has been verified. */
export interface Signed {
  readonly checkpoint: Checkpoint;
  /** As it was signed: what a cosignature covers. */
  readonly text: string;
}

export interface Refused {
  readonly status: 400 | 403 | 404 | 422;
  readonly words: string;
}

/** The log contradicts what it had signed before, or its client's proof is wrong; in both cases worth keeping. */
export type Verdict =
  | { readonly kind: 'cosign' }
  | { readonly kind: 'other-size'; readonly size: number; readonly split?: string }
  | { readonly kind: 'refuse'; readonly refused: Refused };

/** First half: is it a checkpoint, of a log that is known, signed by it? Depends on nothing that changes. */
export function openSubmitted(
  { note, oldSize }: AddCheckpoint,
  keysOf: (origin: string) => readonly NoteVerifier[],
): Signed | Refused {
  try {
    const { text } = splitNote(note);
    const checkpoint = parseCheckpoint(text);
    const keys = keysOf(checkpoint.origin);
    if (keys.length === 0) return { status: 404, words: 'this witness does not know the log of this checkpoint' };
    openNote(note, keys);
    if (oldSize > checkpoint.size) return { status: 400, words: 'the old size is larger than the checkpoint' };
    return { checkpoint, text };
  } catch (error) {
    if (error instanceof CheckpointError) return { status: 400, words: error.message };
    if (!(error instanceof NoteError)) throw error;
    return { status: error.problem === 'malformed' ? 400 : 403, words: error.message };
  }
}

/**
 * Second half: does it continue what was cosigned last? Whoever asks must hold `last` still until the answer
 * is stored, or two submissions under way at once could take the log back.
 */
export function judge(
  { checkpoint }: Signed,
  { oldSize, proof }: AddCheckpoint,
  last: Checkpoint | undefined,
): Verdict {
  const seen = last ?? { origin: checkpoint.origin, size: 0, root: EMPTY_ROOT };
  if (checkpoint.size === 0 && !checkpoint.root.equals(EMPTY_ROOT)) {
    return refuse('a log of no entries has the root of an empty tree');
  }
  const compared = compareCheckpoints(seen, checkpoint, proof);
  if (oldSize !== seen.size) {
    return {
      kind: 'other-size',
      size: seen.size,
      ...(compared.kind === 'split-view' ? { split: compared.words } : {}),
    };
  }
  if (compared.kind !== 'same' && compared.kind !== 'consistent') return refuse(compared.words);
  if ((oldSize === 0 || oldSize === checkpoint.size) && proof.length > 0) {
    return refuse('between these sizes there is nothing to prove, and the proof must be empty');
  }
  return { kind: 'cosign' };
}

const refuse = (words: string): Verdict => ({ kind: 'refuse', refused: { status: 422, words } });
