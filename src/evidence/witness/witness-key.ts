import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { COSIGNATURE, cosigner } from '../note/cosignature.js';
import type { Ed25519Signer } from '../note/index.js';
import { WitnessingError } from './words.js';

const FORM = /^PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})\n?$/;

/**
 * The witness's own key. Its file has the form of Go's note keys with the type of a cosignature, so that it can't
 * be taken for a log's. Made once: another key is another witness, and no policy knows it.
 */
export function witnessKey(file: string, name: string | undefined, unixSeconds: () => number): Ed25519Signer {
  const text = readIfThere(file);
  if (text !== undefined) return parseKey(file, text, name, unixSeconds);
  if (name === undefined) {
    throw new WitnessingError(`there is no key in ${file} yet: name this witness with --name (lab-b.example/witness)`);
  }
  const seed = randomBytes(32);
  const signer = cosigner(name, seed, unixSeconds);
  const blob = Buffer.concat([Buffer.of(COSIGNATURE), seed]).toString('base64');
  write(file, `PRIVATE+KEY+${name}+${hex(signer.keyId)}+${blob}\n`);
  return signer;
}

function parseKey(file: string, text: string, name: string | undefined, unixSeconds: () => number): Ed25519Signer {
  const [, own, id, base64] = FORM.exec(text) ?? [];
  const bytes = Buffer.from(base64 ?? '', 'base64');
  // Never quotes what is in the file.
  if (own === undefined || bytes.length !== 33 || bytes[0] !== COSIGNATURE) {
    throw new WitnessingError(`${file} holds no key of a witness`);
  }
  const signer = cosigner(own, bytes.subarray(1), unixSeconds);
  if (hex(signer.keyId) !== id) throw new WitnessingError(`the key in ${file} is damaged: its id does not fit`);
  if (name !== undefined && name !== own) {
    throw new WitnessingError(`the key in ${file} is of the witness ${own}; a witness never changes its name`);
  }
  return signer;
}

function readIfThere(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if ((stat.mode & 0o077) !== 0) {
    throw new WitnessingError(`others can read ${file}: take their right away (chmod 600) and think about a new key`);
  }
  return readFileSync(file, 'utf8');
}

/** Whole and on disk before it is used: a key that is lost after a first cosignature can't be made again. */
function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

const hex = (keyId: number): string => keyId.toString(16).padStart(8, '0');
