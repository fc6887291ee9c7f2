import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkKeysBackup } from './keys-backup.js';

describe('the copy of the keys', () => {
  let folder: string;
  let keys: string;
  let copy: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'custody-doctor-'));
    [keys, copy] = [join(folder, 'keys'), join(folder, 'copy')];
    mkdirSync(keys);
    for (const name of ['keystore.db', 'credentials.db', 'master.key']) writeFileSync(join(keys, name), name);
    cpSync(keys, copy, { recursive: true, preserveTimestamps: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const found = (backup: string | undefined, withKeyFile = true) =>
    checkKeysBackup(keys, backup, withKeyFile).map(({ code }) => code);

  it('is fine when it is whole, apart and recent', () => expect(found(copy)).toEqual([]));
  it('has to be named', () => expect(found(undefined)).toEqual(['keys-backup-unknown']));
  it('has to be whole', () => {
    expect(found(join(folder, 'nowhere'))).toEqual(['keys-backup-incomplete']);
    rmSync(join(copy, 'master.key'));
    expect(found(copy)).toEqual(['keys-backup-incomplete']);
    expect(found(copy, false)).toEqual([]);
  });
  it('has to be apart', () => expect(found(keys)).toEqual(['keys-backup-same-place']));
  it('has to be of these keys', () => {
    writeFileSync(join(copy, 'master.key'), 'another');
    expect(found(copy)).toEqual(['keys-backup-foreign']);
  });
  it('has to be recent: who came since then would be lost', () => {
    const then = new Date(Date.now() - 9 * 86_400_000);
    utimesSync(join(copy, 'keystore.db'), then, then);
    expect(found(copy)).toEqual(['keys-backup-stale']);
  });
});
