import { readFileSync } from 'node:fs';
import { errors, Micros, toIso } from '../../core/index.js';
import { Checkpoint, CompactTree, entryOf, leafHash, parseCheckpoint } from '../../evidence/index.js';
import { endOfLog, eventsOf, eventsUntil } from '../../ledger/sqlite/index.js';

/** Up to where a log is restored. */
export type CutAt =
  | { readonly kind: 'size'; readonly size: number }
  | { readonly kind: 'time'; readonly time: Micros }
  | { readonly kind: 'checkpoint'; readonly checkpoint: Checkpoint };

/** The body of a signed note is all before its last empty line. Who signed it, `custody verify` tells. */
export function readCheckpoint(file: string): Checkpoint {
  const note = readFileSync(file, 'utf8');
  const end = note.lastIndexOf('\n\n');
  try {
    return parseCheckpoint(end < 0 ? note : note.slice(0, end + 1));
  } catch (error) {
    throw errors.invalid('no-checkpoint', `${file}: ${(error as Error).message}`);
  }
}

export function cutOf(log: string, at: CutAt): { readonly events: number; readonly root?: string } {
  const { events: all } = endOfLog(log);
  const wanted = (events: number, what: string): number => {
    if (events <= all) return events;
    throw errors.invalid(
      'beyond-backup',
      `${what}, the backup has only ${all}: take a later one. Nothing was restored`,
    );
  };
  switch (at.kind) {
    case 'size':
      return { events: wanted(at.size, `${at.size} events are asked for`) };
    case 'time': {
      const events = eventsUntil(log, at.time);
      if (events === 0) throw errors.invalid('before-the-log', `nothing had been recorded at ${toIso(at.time)}`);
      return { events };
    }
    case 'checkpoint': {
      const { size, root } = at.checkpoint;
      return { events: wanted(size, `the checkpoint is about ${size} events`), root: root.toString('hex') };
    }
  }
}

/** Of the Merkle tree over all events of a log. */
export function rootOf(log: string): Buffer {
  const tree = CompactTree.empty();
  for (const page of eventsOf(log)) for (const event of page) tree.append(leafHash(entryOf(event)));
  return tree.root();
}
