import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { errors, fromIso, Micros, toIso } from '../../core/index.js';
import { Ed25519Signer, formatSigningKey, NoteError, parseSigningKey } from '../note/index.js';

const READABLE_BY_OTHERS = 0o007;

/** A key that signs checkpoints; the old one of a rotation until its time is over. */
export interface LogKey {
  readonly signer: Ed25519Signer;
  readonly until?: Micros;
}

/** The keys of a text: one a line (or between commas), the present one first, `until <time>` after an old one. */
export function parseLogKeys(text: string, where: string): readonly LogKey[] {
  const lines = text.split(/[\n,]/).map((line) => line.trim());
  return lines.filter((line) => line !== '').map((line) => parseKey(line, where));
}

function parseKey(line: string, where: string): LogKey {
  const [, key, until] = /^(\S+)(?: until (\S+))?$/.exec(line) ?? [];
  const time = until === undefined ? undefined : fromIso(until);
  if (key === undefined || (until !== undefined && time === undefined))
    throw errors.state(
      'log-key-invalid',
      `${where} has a line that is no key: PRIVATE+KEY+…, perhaps with until <time>`,
    );
  try {
    return { signer: parseSigningKey(key), ...(time !== undefined && { until: time }) };
  } catch (error) {
    if (error instanceof NoteError) throw errors.state('log-key-invalid', `${where}: ${error.message}`);
    throw error;
  }
}

/** Nothing when there is no such file. */
export function readKeyFile(file: string): readonly LogKey[] | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if (process.platform !== 'win32' && (stat.mode & READABLE_BY_OTHERS) !== 0)
    throw errors.state('unsafe-permissions', `${file} can be read by every user of this machine: chmod 600 it`);
  const keys = parseLogKeys(readFileSync(file, 'utf8'), file);
  if (keys.length === 0) throw errors.state('log-key-invalid', `${file} is empty: restore it from a backup`);
  return keys;
}

/** Puts a new key before the others, which sign until a time. The file is the old or the new one, whatever happens. */
export function writeNewKey(file: string, origin: string, others: readonly LogKey[], until: Micros): readonly LogKey[] {
  const seed = randomBytes(32);
  const old = others.map((key) => ({ ...key, until: Math.min(key.until ?? until, until) as Micros }));
  const kept = oldLines(file, old);
  replace(file, [formatSigningKey(origin, seed), ...kept].join('\n') + '\n');
  return readKeyFile(file)!;
}

/** The private parts are only in the file: they are taken over from there. */
function oldLines(file: string, keys: readonly LogKey[]): readonly string[] {
  if (keys.length === 0) return [];
  const texts = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(' ')[0]!);
  const untilOf = new Map(keys.map(({ signer, until }) => [signer.vkey, until!]));
  return texts.flatMap((text) => {
    const until = text === '' ? undefined : untilOf.get(parseSigningKey(text).vkey);
    return until === undefined ? [] : [`${text} until ${toIso(until)}`];
  });
}

function replace(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}-${randomBytes(6).toString('hex')}`;
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
    renameSync(draft, file);
    syncFolder(dirname(file));
  } finally {
    closeSync(descriptor);
    rmSync(draft, { force: true });
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
