import { createSecretKey, KeyObject, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { KeystoreError } from './keystore-error.js';

const KEY_BYTES = 32;
const READABLE_BY_OTHERS = 0o007;

/**
 * The key that wraps all others: from the setting when there is one, else from `master.key`. That file is
 * made only while nothing is wrapped yet; a new key over old wrapped ones would be the loss of all of them.
 */
export function masterKey(folder: string, setting: string | undefined, inUse: () => boolean): KeyObject {
  if (setting !== undefined) return decode(setting, 'CUSTODY_MASTER_KEY');
  const file = join(folder, 'master.key');
  const found = readKeyFile(file);
  if (found) return found;
  if (inUse()) {
    // Another process at its first start may have made both between the two looks.
    const made = readKeyFile(file);
    if (made) return made;
    throw new KeystoreError(
      'master-key-missing',
      `${file} is missing, but there are keys that it wraps: restore it, or set CUSTODY_MASTER_KEY`,
    );
  }
  create(file);
  return readKeyFile(file)!;
}

function readKeyFile(file: string): KeyObject | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if (process.platform !== 'win32' && (stat.mode & READABLE_BY_OTHERS) !== 0) {
    throw new KeystoreError('unsafe-permissions', `${file} can be read by every user of this machine: chmod 600 it`);
  }
  return decode(readFileSync(file, 'utf8'), file);
}

/** Complete or not there: several processes may start at once, and each must read the same key. */
function create(file: string): void {
  const draft = `${file}.${process.pid}-${randomBytes(6).toString('hex')}`;
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeSync(descriptor, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
    fsyncSync(descriptor);
    linkSync(draft, file);
    syncFolder(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(descriptor);
    rmSync(draft, { force: true });
  }
}

function syncFolder(file: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(join(file, '..'), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function decode(text: string, where: string): KeyObject {
  const bytes = Buffer.from(text.trim(), 'base64');
  if (bytes.length !== KEY_BYTES)
    throw new KeystoreError('invalid-master-key', `${where} must be base64 of exactly ${KEY_BYTES} bytes`);
  return createSecretKey(bytes);
}
