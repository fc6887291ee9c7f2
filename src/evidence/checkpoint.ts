import { HASH_BYTES } from './merkle/index.js';

/** What a log signs about itself (C2SP tlog-checkpoint): these were all of its entries. */
export interface Checkpoint {
  /** Which log. Also the name of its key. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** The text is no checkpoint; the message tells why. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  constructor(why: string) {
    super(`this is no checkpoint: ${why}`);
  }
}

/** The note's text. Custody adds no extension lines: nobody could audit them. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  const text = `${origin}\n${size}\n${root.toString('base64')}\n`;
  parseCheckpoint(text);
  return text;
}

/** Strict: one text for one checkpoint. Extension lines of others are allowed by the format, and passed over. */
export function parseCheckpoint(text: string): Checkpoint {
  if (!text.endsWith('\n')) throw new CheckpointError('its last line does not end');
  const [origin, count, hash, ...extensions] = text.slice(0, -1).split('\n');
  if (!origin) throw new CheckpointError('it names no log');
  if (count === undefined || !/^(0|[1-9]\d*)$/.test(count))
    throw new CheckpointError('its second line is no tree size');
  const size = Number(count);
  if (!Number.isSafeInteger(size)) throw new CheckpointError('its tree size is larger than can be handled');
  const root = Buffer.from(hash ?? '', 'base64');
  if (root.length !== HASH_BYTES || root.toString('base64') !== hash) {
    throw new CheckpointError('its third line is no base64 of a root hash');
  }
  if (extensions.includes('')) throw new CheckpointError('it has an empty line');
  return { origin, size, root };
}
