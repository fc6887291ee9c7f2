import { Checkpoint, parseCheckpoint } from '../checkpoint.js';
import { splitNote } from '../note/index.js';

/** A signed checkpoint, as it leaves the house. */
export interface AnchoredCheckpoint {
  readonly note: string;
  readonly text: string;
  readonly checkpoint: Checkpoint;
}

/** A place outside of this server's reach where checkpoints are put, so that nobody here can take them back. */
export interface Anchor {
  readonly kind: 'folder' | 'url' | 'git';
  /** For people; holds no secret. */
  readonly where: string;
  /** Done once it is there for good; putting the same again changes nothing. @throws AnchorError in words */
  put(anchored: AnchoredCheckpoint, signal: AbortSignal): Promise<void>;
}

export class AnchorError extends Error {
  override readonly name = 'AnchorError';
}

export function anchored(note: string): AnchoredCheckpoint {
  const { text } = splitNote(note);
  return { note, text, checkpoint: parseCheckpoint(text) };
}

/** One name for one checkpoint, in the order of the sizes: nothing is ever written over. */
export const fileNameOf = ({ size, root }: Checkpoint): string =>
  `${String(size).padStart(16, '0')}-${root.toString('hex').slice(0, 16)}.txt`;

/** An origin comes from a setting and may hold anything that a URL may. */
export const folderNameOf = ({ origin }: Checkpoint): string =>
  origin
    .replace(/[^a-zA-Z0-9.-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 100);
