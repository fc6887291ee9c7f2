import { parseCheckpoint } from '../checkpoint.js';
import { cosignatureTime } from '../note/cosignature.js';
import { NoteError, parseLine, signatureLine, splitNote } from '../note/index.js';
import { formatAddCheckpoint, parseSize, SIZE_TYPE } from './add-checkpoint.js';
import { PolicyWitness } from './policy.js';
import { Answer, Caller, TreeProofs } from './port.js';
import { oneLine, WitnessingError } from './words.js';

export type WitnessProblem =
  | 'away' // nobody answered, or the witness has trouble of its own: trying again may help
  | 'bad-answer' // what answers is no witness, or not this one
  | 'refused' // it does not know the log or its key: somebody has to tell it
  | 'ahead' // it has cosigned a larger log than this
  | 'split-view'; // it has cosigned another history than this

export type WitnessOutcome =
  | { readonly kind: 'cosigned'; readonly line: string; readonly unixSeconds: number }
  | { readonly kind: WitnessProblem; readonly words: string };

export interface Asking {
  readonly witness: PolicyWitness & { readonly url: string };
  /** The signed checkpoint. */
  readonly note: string;
  /** What the witness had last, as far as is known here. */
  readonly from: number;
  readonly tree: TreeProofs;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/** Another server of this log may be asking the same witness; each time its size has moved on. */
const MOST_STARTS = 3;

/** Asks one witness for its cosignature, from the size that it turns out to have. Rejects only when the tree can't be read. */
export async function askWitness(asking: Asking): Promise<WitnessOutcome> {
  const { text } = splitNote(asking.note);
  const { size } = parseCheckpoint(text);
  let from = Math.min(asking.from, size);
  for (let start = 1; start <= MOST_STARTS; start += 1) {
    const proof = from === 0 || from === size ? [] : asking.tree.consistency(from, size).hashes;
    const answer = await posted(asking, formatAddCheckpoint({ oldSize: from, proof, note: asking.note }));
    if ('kind' in answer) return answer;
    if (answer.status !== 409) return outcomeOf(answer, asking.witness, text);
    const has = sizeOf(answer);
    if (typeof has !== 'number') return has;
    if (has > size) return { kind: 'ahead', words: `it has cosigned ${has} entries of this log, and here are ${size}` };
    from = has;
  }
  return { kind: 'away', words: 'its size of the log changes faster than can be asked' };
}

async function posted({ witness, caller, signal }: Asking, body: string): Promise<Answer | WitnessOutcome> {
  try {
    return await caller.post(`${witness.url}/add-checkpoint`, body, signal);
  } catch (error) {
    if (signal.aborted) return { kind: 'away', words: 'it did not answer in time' };
    const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
    return { kind: 'away', words: `it could not be reached (${oneLine(cause?.code ?? message)})` };
  }
}

function sizeOf({ type, body }: Answer): number | WitnessOutcome {
  try {
    // A 409 of something that is no witness must not be taken for a size.
    if (type === SIZE_TYPE) return parseSize(body);
    return {
      kind: 'bad-answer',
      words: `it answered 409 with ${oneLine(type) || 'no type'}, and not with a tree size`,
    };
  } catch (error) {
    if (error instanceof WitnessingError) return { kind: 'bad-answer', words: error.message };
    throw error;
  }
}

function outcomeOf({ status, body }: Answer, witness: PolicyWitness, text: string): WitnessOutcome {
  const says = oneLine(body) === '' ? '' : `: ${oneLine(body)}`;
  if (status === 200) return cosignature(body, witness, text);
  if (status === 422)
    return { kind: 'split-view', words: `it says that this log does not continue what it cosigned${says}` };
  if (status === 404) return { kind: 'refused', words: `it does not know this log (404)${says}` };
  if (status === 403) return { kind: 'refused', words: `it does not know the key of this log (403)${says}` };
  if (status === 429 || status >= 500) return { kind: 'away', words: `it answered ${status}${says}` };
  return { kind: 'bad-answer', words: `it answered ${status}${says}` };
}

/** Lines of other keys are passed over; a line of this key must verify. */
function cosignature(body: string, { verifier, name }: PolicyWitness, text: string): WitnessOutcome {
  try {
    if (!body.endsWith('\n')) throw new WitnessingError('its answer does not end with a newline');
    for (const line of body.slice(0, -1).split('\n').map(parseLine)) {
      if (line.name !== verifier.name || line.keyId !== verifier.keyId) continue;
      if (!verifier.verify(Buffer.from(text), line.signature)) {
        return { kind: 'bad-answer', words: 'its cosignature does not fit the checkpoint' };
      }
      return { kind: 'cosigned', line: signatureLine(line), unixSeconds: cosignatureTime(line.signature)! };
    }
    return { kind: 'bad-answer', words: `its answer has no cosignature of the key that the policy names for ${name}` };
  } catch (error) {
    if (!(error instanceof NoteError || error instanceof WitnessingError)) throw error;
    return { kind: 'bad-answer', words: 'its answer is no signature line' };
  }
}
