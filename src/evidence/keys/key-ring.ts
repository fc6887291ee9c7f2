import { randomBytes } from 'node:crypto';
import { errors, Micros } from '../../core/index.js';
import { CheckpointStore } from '../checkpoints/checkpoint-store.js';
import { Ed25519Signer } from '../note/index.js';
import { LogKey, parseLogKeys, readKeyFile, writeNewKey } from './log-keys.js';

export interface KeySources {
  /** `keys/log-key` of the data folder. */
  readonly file: string;
  /** The keys as text, in place of the file. */
  readonly setting: string | undefined;
  /** The name of the log; empty: as it is, or a new one at the first start. */
  readonly origin: string;
}

/**
 * The log's name and the keys that sign for it. Made once, at the first start; a key that is gone while
 * there are checkpoints of it is never replaced silently: a stranger's log would look like ours.
 */
export class KeyRing {
  private keys: readonly LogKey[];
  readonly origin: string;

  /** @throws CustodyError when name and keys contradict each other or what was signed */
  constructor(
    private readonly store: CheckpointStore,
    private readonly sources: KeySources,
    now: Micros,
  ) {
    const given = this.given();
    this.origin = this.nameOf(given);
    const wrong = given?.find(({ signer }) => signer.name !== this.origin);
    if (wrong)
      throw errors.state(
        'log-key-of-another-log',
        `${this.where} has a key of ${wrong.signer.name}, and this log is ${this.origin}`,
      );
    this.keys = given ?? (store.keys().length === 0 ? writeNewKey(sources.file, this.origin, [], now) : []);
    this.note(now);
  }

  /** Why nothing can be signed, if so. */
  get problem(): string | undefined {
    if (this.keys.length > 0) return undefined;
    return `the key of the log, ${this.sources.file}, is gone: restore it from a backup, or introduce a new one with custody checkpoint new-key`;
  }

  /** Those that sign now, the present one first. */
  signers(now: Micros): readonly Ed25519Signer[] {
    return this.keys.filter(({ until }) => until === undefined || now < until).map(({ signer }) => signer);
  }

  /** Another key from now on; the present one signs beside it until a time. */
  rotate(now: Micros, until: Micros): { readonly vkey: string; readonly old: readonly string[] } {
    if (this.sources.setting !== undefined)
      throw errors.state(
        'log-key-in-setting',
        'the key comes from CUSTODY_LOG_KEY: put the new one first there, with the old one after a comma, and restart',
      );
    // Another server on this folder may have been first.
    const present = (readKeyFile(this.sources.file) ?? []).filter((key) => key.until === undefined || now < key.until);
    this.keys = writeNewKey(this.sources.file, this.origin, present, until);
    this.note(now);
    const [first, ...old] = this.keys;
    return { vkey: first!.signer.vkey, old: old.map(({ signer }) => signer.vkey) };
  }

  private get where(): string {
    return this.sources.setting === undefined ? this.sources.file : 'CUSTODY_LOG_KEY';
  }

  private given(): readonly LogKey[] | undefined {
    const { setting, file } = this.sources;
    return setting === undefined ? readKeyFile(file) : parseLogKeys(setting, 'CUSTODY_LOG_KEY');
  }

  private nameOf(given: readonly LogKey[] | undefined): string {
    const { origin: wanted } = this.sources;
    const fallback = given?.[0]?.signer.name ?? `custody.local/${randomBytes(8).toString('hex')}`;
    const name = this.store.nameOrigin(wanted === '' ? fallback : wanted);
    if (wanted !== '' && name !== wanted)
      throw errors.state(
        'log-origin-changed',
        `CUSTODY_LOG_ORIGIN is ${wanted}, but this log has signed as ${name}: a log keeps its name`,
      );
    return name;
  }

  /** Which key signed when stays known after it is gone. A key that is no longer given has ended now. */
  private note(now: Micros): void {
    const known = new Map(this.store.keys().map((key) => [key.vkey, key]));
    for (const { signer, until } of this.keys) {
      const introducedAt = known.get(signer.vkey)?.introducedAt ?? now;
      this.store.noteKey({ vkey: signer.vkey, introducedAt, retiresAt: until ?? null });
      known.delete(signer.vkey);
    }
    if (this.keys.length === 0) return;
    for (const key of known.values()) if (key.retiresAt === null) this.store.noteKey({ ...key, retiresAt: now });
  }
}
