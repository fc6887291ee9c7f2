import { createHmac, createSecretKey, hkdfSync, KeyObject, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { errors, PersonalData, Sealed } from '../../core/index.js';
import { openBox, sealBox, unwrap, wrap } from './aead.js';
import { KeystoreError } from './keystore-error.js';
import { masterKey } from './master-key.js';
import { openPrivateDatabase, scrubJournal, storing } from './private-database.js';

/** `wrapped` is NULL once the subject has been erased; such a subject never gets a key again. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS subject_keys (subject TEXT PRIMARY KEY, wrapped BLOB) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
`;
const KEY_BYTES = 32;
const CACHED_KEYS = 10_000;
const CACHED_MS = 60_000;

type KeyRow = { wrapped: Buffer | null };

/**
 * One random key for each subject (a person, mostly), wrapped by the master key, in a file apart from the
 * log. Destroying a subject's key erases all that was ever sealed under it, wherever copies of the log are.
 */
export class Keystore extends PersonalData {
  private readonly cache = new LRUCache<string, KeyObject>({ max: CACHED_KEYS, ttl: CACHED_MS, ttlResolution: 1000 });
  private readonly find: Database.Statement<[string], KeyRow>;
  private readonly dataVersion: Database.Statement<[], number>;
  private readonly root: Buffer;
  private readonly lookupKey: KeyObject;
  private seenVersion = -1;

  private constructor(
    readonly folder: string,
    private readonly db: Database.Database,
    private readonly master: KeyObject,
  ) {
    super();
    this.find = db.prepare('SELECT wrapped FROM subject_keys WHERE subject = ?');
    this.dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck();
    this.root = this.rootSecret();
    this.lookupKey = createSecretKey(this.deriveKey('lookup'));
  }

  /** @param setting base64 of the master key; without it `master.key` in the folder */
  static open(folder: string, setting?: string): Keystore {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const db = openPrivateDatabase(join(folder, 'keystore.db'), SCHEMA);
    try {
      const inUse = () =>
        db.prepare('SELECT 1 FROM secrets UNION ALL SELECT 1 FROM subject_keys LIMIT 1').get() !== undefined;
      return new Keystore(folder, db, masterKey(folder, setting, inUse));
    } catch (error) {
      db.close();
      throw error;
    }
  }

  seal(subject: string, plain: string): Sealed {
    const key = this.keyOf(subject) ?? this.create(subject);
    return { subject, box: sealBox(key, subject, plain) };
  }

  unseal({ subject, box }: Sealed): string | undefined {
    const key = this.keyOf(subject);
    if (!key) return undefined;
    try {
      return openBox(key, subject, box);
    } catch (cause) {
      throw new KeystoreError(
        'damaged',
        `what is sealed for ${subject} does not open: it has been altered, or the key is another's`,
        { cause },
      );
    }
  }

  /** `missing`: never had a key, or the keystore is older than the log. Reads as erased, but isn't. */
  status(subject: string): 'present' | 'erased' | 'missing' {
    const row = this.find.get(subject);
    return row ? (row.wrapped ? 'present' : 'erased') : 'missing';
  }

  /** Destroys the subject's key for good, its bytes included. Repeating it is fine, and finishes a broken one. */
  erase(subject: string): void {
    storing('the erasure', () => {
      this.db
        .prepare(
          'INSERT INTO subject_keys (subject, wrapped) VALUES (?, NULL) ON CONFLICT (subject) DO UPDATE SET wrapped = NULL',
        )
        .run(subject);
    });
    this.cache.delete(subject);
    if (scrubJournal(this.db)) return;
    throw errors.unavailable(
      'erasure-unfinished',
      'the key no longer works, but its bytes are still in the journal; erase again',
    );
  }

  /** A keyed digest to find or compare what must not be readable: nobody without the key can test a guess. */
  lookupDigest(text: string): string {
    return createHmac('sha256', this.lookupKey).update(text).digest('base64url');
  }

  /** 32 bytes for one purpose; they stay the same when the master key is changed. */
  deriveKey(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.root, Buffer.alloc(0), `custody/${purpose}`, KEY_BYTES));
  }

  close(): void {
    this.cache.clear();
    this.db.close();
  }

  /** Another process may have erased someone: SQLite's change counter tells, for a microsecond a call. */
  private keyOf(subject: string): KeyObject | undefined {
    const version = this.dataVersion.get()!;
    if (version !== this.seenVersion) {
      this.cache.clear();
      this.seenVersion = version;
    }
    const cached = this.cache.get(subject);
    if (cached) return cached;
    const row = this.find.get(subject);
    return row?.wrapped ? this.remember(subject, row.wrapped) : undefined;
  }

  private create(subject: string): KeyObject {
    if (subject === '') throw new Error('a subject without id can have no key');
    // The key must be durable before anything sealed with it is. Of two processes the first one's key counts.
    const row = storing('a key', () => {
      const wrapped = wrap(this.master, aboutKey(subject), randomBytes(KEY_BYTES));
      this.db
        .prepare('INSERT INTO subject_keys (subject, wrapped) VALUES (?, ?) ON CONFLICT (subject) DO NOTHING')
        .run(subject, wrapped);
      return this.find.get(subject)!;
    });
    if (!row.wrapped)
      throw errors.state('subject-erased', `${subject} has been erased; nothing can be recorded about them any more`);
    return this.remember(subject, row.wrapped);
  }

  private remember(subject: string, wrapped: Buffer): KeyObject {
    const key = createSecretKey(this.unwrapped(aboutKey(subject), wrapped, 'damaged'));
    this.cache.set(subject, key);
    return key;
  }

  /** Made once for a keystore. It also shows, at every start, that the master key is the right one. */
  private rootSecret(): Buffer {
    const find = this.db.prepare<[], { wrapped: Buffer }>("SELECT wrapped FROM secrets WHERE name = 'root'");
    let row = find.get();
    if (!row) {
      const wrapped = wrap(this.master, 'root', randomBytes(KEY_BYTES));
      this.db
        .prepare("INSERT INTO secrets (name, wrapped) VALUES ('root', ?) ON CONFLICT (name) DO NOTHING")
        .run(wrapped);
      row = find.get()!;
    }
    return this.unwrapped('root', row.wrapped, 'wrong-master-key');
  }

  private unwrapped(about: string, wrapped: Buffer, reason: 'damaged' | 'wrong-master-key'): Buffer {
    try {
      return unwrap(this.master, about, wrapped);
    } catch (cause) {
      const what = reason === 'damaged' ? 'is damaged' : `was made with another master key than the one given`;
      throw new KeystoreError(reason, `the keystore in ${this.folder} ${what}`, { cause });
    }
  }
}

const aboutKey = (subject: string): string => `subject-key:${subject}`;
