import { HASH_BYTES } from '../merkle/index.js';
import { WitnessingError } from './words.js';

/** What a log sends to a witness (C2SP tlog-witness): its new checkpoint, and that it continues the one of `oldSize`. */
export interface AddCheckpoint {
  readonly oldSize: number;
  readonly proof: readonly Buffer[];
  /** The signed checkpoint. */
  readonly note: string;
}

export const MAX_PROOF_LINES = 63;
/** Of the answer that says which size the witness has. */
export const SIZE_TYPE = 'text/x.tlog.size';

export const formatAddCheckpoint = ({ oldSize, proof, note }: AddCheckpoint): string =>
  `old ${oldSize}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`;

/** @throws WitnessingError when it has not exactly this form */
export function parseAddCheckpoint(body: Uint8Array): AddCheckpoint {
  const text = decoded(body);
  const end = text.indexOf('\n\n');
  if (end < 0) throw new WitnessingError('no empty line parts the proof from the checkpoint');
  const [first, ...lines] = text.slice(0, end).split('\n');
  const oldSize = /^old (0|[1-9]\d*)$/.exec(first!)?.[1];
  if (oldSize === undefined || !Number.isSafeInteger(Number(oldSize))) {
    throw new WitnessingError('the first line is: old <size>');
  }
  if (lines.length > MAX_PROOF_LINES) throw new WitnessingError(`a proof has at most ${MAX_PROOF_LINES} lines`);
  return { oldSize: Number(oldSize), proof: lines.map(hashOf), note: text.slice(end + 2) };
}

/** The size in the answer to a submission that starts from another one. */
export function parseSize(body: string): number {
  const size = /^(0|[1-9]\d*)\n$/.exec(body)?.[1];
  if (size === undefined || !Number.isSafeInteger(Number(size))) {
    throw new WitnessingError('its answer is no tree size');
  }
  return Number(size);
}

function hashOf(line: string, index: number): Buffer {
  const hash = Buffer.from(line, 'base64');
  if (hash.length === HASH_BYTES && hash.toString('base64') === line) return hash;
  throw new WitnessingError(`line ${index + 1} of the proof is no base64 of a hash`);
}

function decoded(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new WitnessingError('the body is no valid UTF-8');
  }
}
