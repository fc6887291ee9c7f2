import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { KeptEvidence } from '../../evidence/verify/index.js';

const LEVELS = 64;

export interface OpenEvidence extends KeptEvidence {
  readonly origin: string;
  close(): void;
}

/**
 * The signed checkpoints and the tree of a data folder, for looking at: nothing is made or written, also while a
 * server runs. `undefined` when nothing was ever signed there.
 */
export function readKeptEvidence(folder: string): OpenEvidence | undefined {
  const file = join(folder, 'checkpoints.db');
  if (!existsSync(file)) return undefined;
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    const origin = db.prepare<[], string>('SELECT name FROM origin').pluck().get();
    if (origin === undefined) return undefined;
    const keys = db.prepare<[], string>('SELECT vkey FROM log_key ORDER BY introduced_at, vkey').pluck().all();
    const tree = openTree(join(folder, 'tree.db'));
    return {
      origin,
      keys,
      checkpoints: checkpointsOf(db),
      ...(tree && { leaves: tree.leaves }),
      close: () => tree?.close(),
    };
  } finally {
    db.close();
  }
}

interface Row {
  readonly number: number;
  readonly size: number;
  readonly note: string;
}

/** The smallest first; what witnesses have signed since goes under each. */
function checkpointsOf(db: Database.Database): KeptEvidence['checkpoints'] {
  const lines = db
    .prepare<[number], string>('SELECT line FROM cosignature WHERE checkpoint = ? ORDER BY rowid')
    .pluck();
  const rows = db.prepare<[], Row>('SELECT number, size, note FROM checkpoint ORDER BY size, number').all();
  return rows.map(({ number, size, note }) => ({
    label: `the checkpoint ${number} in the data folder (for ${size.toLocaleString('en')} events)`,
    note: Buffer.from(note + lines.all(number).join('')),
  }));
}

function openTree(file: string) {
  if (!existsSync(file)) return undefined;
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 });
  const read = db.prepare<[number], Buffer>('SELECT hashes FROM tile WHERE key = ?').pluck();
  return { leaves: (tile: number) => read.get(tile * LEVELS), close: () => void db.close() };
}
