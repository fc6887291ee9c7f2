import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { Sealed } from '../../core/index.js';
import { Keystore, KeystoreError } from './index.js';

const PERSON = 'u-01890a5d-ac96-774b-bcce-b302099a8057';

describe('the keystore', () => {
  let folder: string;
  let opened: Keystore[];
  const open = (master?: string): Keystore => {
    const keystore = Keystore.open(folder, master);
    opened.push(keystore);
    return keystore;
  };

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'custody-keys-')), 'keys');
    opened = [];
  });
  afterEach(() => {
    for (const keystore of opened) keystore.close();
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  it.each(['', 'Ada Lovelace', 'Ünïcödé 🧪 \u0000 end', 'x'.repeat(100_000)])('opens what it sealed', (plain) => {
    const keystore = open();
    const sealed = keystore.seal(PERSON, plain);
    expect(sealed.subject).toBe(PERSON);
    expect(sealed.box).toMatch(/^v1\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$/);
    expect(keystore.unseal(sealed)).toBe(plain);
  });

  it('seals the same text differently each time', () => {
    const keystore = open();
    expect(keystore.seal(PERSON, 'Ada').box).not.toBe(keystore.seal(PERSON, 'Ada').box);
  });

  it('opens after a restart what was sealed before', () => {
    const sealed = open().seal(PERSON, 'Ada');
    opened.pop()!.close();
    expect(open().unseal(sealed)).toBe('Ada');
  });

  it.each<[string, (sealed: Sealed) => Sealed]>([
    ['a changed byte', ({ subject, box }) => ({ subject, box: flip(box) })],
    ['a cut box', ({ subject, box }) => ({ subject, box: box.slice(0, 24) })],
    ['another format', ({ subject, box }) => ({ subject, box: box.replace('v1', 'v2') })],
    ['no box at all', ({ subject }) => ({ subject, box: '' })],
    ['an added part', ({ subject, box }) => ({ subject, box: `${box}.AA` })],
  ])('refuses %s', (_, tamper) => {
    const keystore = open();
    expect(() => keystore.unseal(tamper(keystore.seal(PERSON, 'Ada')))).toThrow(
      expect.objectContaining({ reason: 'damaged' }),
    );
  });

  it('refuses a box that is passed off as another subject’s', () => {
    const keystore = open();
    const { box } = keystore.seal(PERSON, 'Ada');
    keystore.seal('u-other', 'Bob');
    expect(() => keystore.unseal({ subject: 'u-other', box })).toThrow(KeystoreError);
  });

  it('never says in an error what was sealed', () => {
    const keystore = open();
    const sealed = keystore.seal(PERSON, 'Ada Lovelace');
    expect.assertions(1);
    try {
      keystore.unseal({ ...sealed, box: flip(sealed.box) });
    } catch (error) {
      expect(String(error)).not.toContain('Lovelace');
    }
  });

  describe('erasing', () => {
    it('makes everything of the subject unreadable for good, and nothing of others', () => {
      const keystore = open();
      const [ada, bob] = [keystore.seal(PERSON, 'Ada'), keystore.seal('u-bob', 'Bob')];
      keystore.erase(PERSON);
      keystore.erase(PERSON);
      expect(keystore.unseal(ada)).toBeUndefined();
      expect(keystore.unseal(bob)).toBe('Bob');
      expect(keystore.status(PERSON)).toBe('erased');
      expect(() => keystore.seal(PERSON, 'Ada again')).toThrow(expect.objectContaining({ code: 'subject-erased' }));
    });

    it('is seen at once by another connection that had the key in its cache', () => {
      const [here, there] = [open(), open()];
      const sealed = here.seal(PERSON, 'Ada');
      expect(there.unseal(sealed)).toBe('Ada');
      here.erase(PERSON);
      expect(there.unseal(sealed)).toBeUndefined();
    });

    it('leaves no byte of the wrapped key in any file', () => {
      const keystore = open();
      keystore.seal(PERSON, 'Ada');
      const db = new Database(join(folder, 'keystore.db'), { readonly: true });
      const { wrapped } = db.prepare<[], { wrapped: Buffer }>('SELECT wrapped FROM subject_keys').get()!;
      db.close();
      const anywhere = () =>
        ['keystore.db', 'keystore.db-wal'].some(
          (name) => existsSync(join(folder, name)) && readFileSync(join(folder, name)).includes(wrapped),
        );
      expect(anywhere()).toBe(true);
      keystore.erase(PERSON);
      expect(anywhere()).toBe(false);
    });

    it('holds for a subject that never had a key', () => {
      const keystore = open();
      expect(keystore.status(PERSON)).toBe('missing');
      keystore.erase(PERSON);
      expect(() => keystore.seal(PERSON, 'Ada')).toThrow(expect.objectContaining({ code: 'subject-erased' }));
    });
  });

  it('uses one key for a subject in all processes', () => {
    const [here, there] = [open(), open()];
    expect(there.unseal(here.seal(PERSON, 'Ada'))).toBe('Ada');
    expect(here.unseal(there.seal(PERSON, 'Ada L.'))).toBe('Ada L.');
  });

  it('digests for lookups with a key of its own, the same in every process', () => {
    const [here, there] = [open(), open()];
    expect(here.lookupDigest('login:ada')).toBe(there.lookupDigest('login:ada'));
    expect(here.lookupDigest('login:ada')).not.toBe(here.lookupDigest('login:bob'));
    expect(here.deriveKey('a')).not.toEqual(here.deriveKey('b'));
    const elsewhere = Keystore.open(mkdtempSync(join(folder, '..', 'other-')));
    expect(elsewhere.lookupDigest('login:ada')).not.toBe(here.lookupDigest('login:ada'));
    elsewhere.close();
  });

  describe('the master key', () => {
    it('is made at first start, readable by its owner only', () => {
      open();
      expect(statSync(join(folder, 'master.key')).mode & 0o777).toBe(0o600);
      expect(statSync(join(folder, 'keystore.db')).mode & 0o777).toBe(0o600);
    });

    it('can come from the setting, and then no file is made', () => {
      const master = randomBytes(32).toString('base64');
      const sealed = open(master).seal(PERSON, 'Ada');
      expect(existsSync(join(folder, 'master.key'))).toBe(false);
      expect(open(master).unseal(sealed)).toBe('Ada');
    });

    it('is refused when it is not the one that the keys were wrapped with', () => {
      open(randomBytes(32).toString('base64'));
      expect(() => open(randomBytes(32).toString('base64'))).toThrow(
        expect.objectContaining({ reason: 'wrong-master-key' }),
      );
    });

    it('is never replaced by a new one while there are keys', () => {
      open().seal(PERSON, 'Ada');
      rmSync(join(folder, 'master.key'));
      expect(() => open()).toThrow(expect.objectContaining({ reason: 'master-key-missing' }));
      expect(existsSync(join(folder, 'master.key'))).toBe(false);
    });

    it('is refused when every user of the machine can read it', () => {
      open();
      chmodSync(join(folder, 'master.key'), 0o644);
      expect(() => open()).toThrow(expect.objectContaining({ reason: 'unsafe-permissions' }));
    });

    it('is refused when it is not 32 bytes, without being printed', () => {
      open();
      writeFileSync(join(folder, 'master.key'), 'c2hvcnQ=');
      expect(() => open()).toThrow(/master\.key must be base64 of exactly 32 bytes/);
      expect(() => open('c2hvcnQ=')).toThrow(/^CUSTODY_MASTER_KEY must be base64 of exactly 32 bytes$/);
    });
  });
});

/** Changes one bit in the middle of the ciphertext. */
function flip(box: string): string {
  const [version, iv, body] = box.split('.') as [string, string, string];
  const bytes = Buffer.from(body, 'base64url');
  bytes[bytes.length >> 1]! ^= 1;
  return `${version}.${iv}.${bytes.toString('base64url')}`;
}
