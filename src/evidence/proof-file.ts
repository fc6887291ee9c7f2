import { HASH_BYTES } from './merkle/index.js';
import { decodeStrict } from './note/text.js';

const HEADER = 'c2sp.org/tlog-proof@v1';
/** More than a tree of 2^53 leaves needs. */
const MAX_HASHES = 63;

/** What a `.tlog-proof` file holds (C2SP tlog-proof): enough to verify one entry with nothing but the log's key. */
export interface ProofFile {
  readonly index: number;
  readonly hashes: readonly Buffer[];
  /** The signed checkpoint, as it is. */
  readonly checkpoint: string;
  /** For whoever reads it; nothing vouches for it. */
  readonly extra?: Buffer;
}

/** The text is no proof file; the message tells why. */
export class ProofFileError extends Error {
  override readonly name = 'ProofFileError';
  constructor(why: string) {
    super(`this is no ${HEADER} file: ${why}`);
  }
}

export function formatProofFile({ index, hashes, checkpoint, extra }: ProofFile): string {
  const head = [HEADER, ...(extra ? [`extra ${extra.toString('base64')}`] : []), `index ${index}`];
  return `${[...head, ...hashes.map((hash) => hash.toString('base64'))].join('\n')}\n\n${checkpoint}`;
}

/** Reads the form of it; the checkpoint is opened, and the proof verified, by who knows the keys. */
export function parseProofFile(text: string): ProofFile {
  const end = text.indexOf('\n\n');
  if (end < 0) throw new ProofFileError('no empty line parts the proof from the checkpoint');
  const [header, ...lines] = text.slice(0, end).split('\n');
  if (header !== HEADER) throw new ProofFileError(`it does not begin with ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') ? decodeStrict(lines.shift()!.slice('extra '.length)) : null;
  if (extra === undefined) throw new ProofFileError('its extra line is no base64');
  const index = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '')?.[1];
  if (index === undefined || !Number.isSafeInteger(Number(index))) throw new ProofFileError('it has no index line');
  if (lines.length > MAX_HASHES) throw new ProofFileError('it has more hashes than any proof');
  const hashes = lines.map((line) => {
    const hash = decodeStrict(line);
    if (hash?.length !== HASH_BYTES) throw new ProofFileError('a line of it is no base64 of a hash');
    return hash;
  });
  return { index: Number(index), hashes, checkpoint: text.slice(end + 2), ...(extra && { extra }) };
}
