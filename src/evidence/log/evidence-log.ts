import { statSync } from 'node:fs';
import { Clock, CustodyError, errors, Position, RecordedEvent } from '../../core/index.js';
import { Ledger } from '../../ledger/index.js';
import { Checkpoint, formatCheckpoint } from '../checkpoint.js';
import { CheckpointStore, IssuedCheckpoint } from '../checkpoints/checkpoint-store.js';
import { entryOf } from '../entry.js';
import { evidenceFiles } from '../files.js';
import { KeyRing, KeySources } from '../keys/key-ring.js';
import {
  consistencyProof,
  HASH_BYTES,
  inclusionProof,
  leafHash,
  verifyConsistency,
  verifyInclusion,
} from '../merkle/index.js';
import { openNote, parseVkey, signNote, splitNote } from '../note/index.js';
import { formatProofFile } from '../proof-file.js';
import { encodeBundle, rootOfHashes, TILE_HEIGHT, TILE_WIDTH, TileName, tileWidth } from '../tiles/index.js';
import { TreeDamaged, TreeFile } from '../tree/tree-file.js';

export interface EvidenceLogOptions {
  readonly ledger: Ledger;
  readonly folder: string;
  readonly keys: KeySources;
  readonly clock: Clock;
  /** The tree contradicts itself, what was signed, or the log: it should be made again, and compared. */
  readonly onDamage?: (problem: string) => void;
}

export interface Consistency {
  readonly first: number;
  readonly second: number;
  readonly hashes: readonly Buffer[];
  readonly firstRoot: Buffer;
  readonly secondRoot: Buffer;
}

/** Signs checkpoints of the tree and proves from it. Whatever it answers it has verified before. */
export class EvidenceLog {
  readonly checkpoints: CheckpointStore;
  readonly keys: KeyRing;
  private tree: { readonly file: TreeFile; readonly inode: number } | undefined;
  private readonly listeners: ((issued: IssuedCheckpoint) => void)[] = [];

  constructor(private readonly options: EvidenceLogOptions) {
    this.checkpoints = CheckpointStore.open(evidenceFiles(options.folder).checkpoints);
    try {
      this.keys = new KeyRing(this.checkpoints, options.keys, options.clock.now());
    } catch (error) {
      this.checkpoints.close();
      throw error;
    }
  }

  get origin(): string {
    return this.keys.origin;
  }

  /** How many events are in the tree, and the position of the last one. */
  get integrated(): { readonly size: number; readonly position: Position } {
    const tree = this.current();
    return tree ? { size: tree.size, position: tree.position } : { size: 0, position: 0 as Position };
  }

  /** Told of each new checkpoint: to have it cosigned, or put somewhere outside. */
  onIssued(listener: (issued: IssuedCheckpoint) => void): void {
    this.listeners.push(listener);
  }

  /**
   * Signs the tree as it is, unless that has been done. Never anything that contradicts what was signed
   * before: the root at the last signed size must still be the signed one.
   */
  issue(): IssuedCheckpoint {
    return this.watched(() => this.signNext());
  }

  private signNext(): IssuedCheckpoint {
    const now = this.options.clock.now();
    const signers = this.keys.signers(now);
    if (signers.length === 0)
      throw errors.unavailable(
        'log-key-missing',
        this.keys.problem ?? 'every key of the log has ended: introduce a new one',
      );
    const { issued, anew } = this.checkpoints.exclusively(() => {
      const tree = this.present();
      const size = tree.size;
      const last = this.checkpoints.latest();
      if (last) assertContinues(tree, size, last);
      if (last?.size === size && signers.every((signer) => hasSigned(last.note, signer)))
        return { issued: last, anew: false };
      const checkpoint: Checkpoint = { origin: this.origin, size, root: tree.rootAt(size) };
      const note = signNote(formatCheckpoint(checkpoint), signers);
      openNote(
        note,
        signers.map(({ vkey }) => parseVkey(vkey)),
      );
      return { issued: this.checkpoints.add(checkpoint, note, now), anew: true };
    });
    if (anew) for (const listener of this.listeners) listener(issued);
    return issued;
  }

  /** A `.tlog-proof` of the event, against the latest checkpoint, or a new one where that does not have it yet. */
  async proofFile(event: Pick<RecordedEvent, 'id' | 'position'>): Promise<string> {
    const { index, leaf } = await this.leafOf(event).catch((error: unknown) => this.noticed(error));
    return this.watched(() => this.prove(event.id, index, leaf));
  }

  private prove(id: string, index: number, leaf: Buffer): string {
    const latest = this.checkpoints.latest();
    const issued = latest && index < latest.size ? latest : this.signNext();
    const { size, root } = issued;
    const tree = this.present();
    const hashes = inclusionProof(index, size, (level, at) => tree.hash(level, at));
    if (!verifyInclusion({ leaf, index, size, hashes, root })) throw contradiction(`event ${id}`);
    const extra = Buffer.from(JSON.stringify({ event_id: id }));
    return formatProofFile({ index, hashes, checkpoint: issued.note, extra });
  }

  /** Between any two sizes that the tree has had. */
  consistency(first: number, second: number): Consistency {
    return this.watched(() => this.consistent(first, second));
  }

  private consistent(first: number, second: number): Consistency {
    const tree = this.present();
    const { size } = tree;
    if (first < 1 || first > second)
      throw errors.invalid('invalid-size', 'first must be a tree size from 1 to second', 'first');
    if (second > size) throw errors.notFound('tree-too-small', `the tree has ${size} events so far`, 'second');
    const hashes = consistencyProof(first, second, (level, at) => tree.hash(level, at));
    const proof = { first, second, hashes, firstRoot: tree.rootAt(first), secondRoot: tree.rootAt(second) };
    if (!verifyConsistency(proof)) throw contradiction(`the tree between ${first} and ${second}`);
    return proof;
  }

  /** The bytes of a tile or an entry bundle; nothing when the signed tree does not have it. */
  tile(name: TileName): Promise<Buffer | undefined> {
    return this.soundTile(name).catch((error: unknown) => this.noticed(error));
  }

  private async soundTile({ level, number, width }: TileName): Promise<Buffer | undefined> {
    const size = this.checkpoints.latest()?.size ?? 0;
    // What a smaller tree has had stays to be had at that width.
    if (tileWidth(level === 'entries' ? 0 : level, number, size) < width) return undefined;
    const tree = this.present();
    if (level === 'entries') return this.bundle(tree, number, width);
    const bytes = tree.tile(level, number).subarray(0, width * HASH_BYTES);
    if (bytes.length < width * HASH_BYTES) throw damaged(`tile ${level}/${number} is cut short`);
    if (width === TILE_WIDTH && !rootOfHashes(bytes).equals(tree.hash((level + 1) * TILE_HEIGHT, number)))
      throw damaged(`tile ${level}/${number} contradicts the one above it`);
    return bytes;
  }

  private watched<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      return this.noticed(error);
    }
  }

  /** What shows that something was changed is told, and answered as it is; a tree that can't be read comes again. */
  private noticed(error: unknown): never {
    const problem = error instanceof Error ? error.message : String(error);
    if (error instanceof TreeDamaged || (error instanceof CustodyError && error.kind === 'lost'))
      this.options.onDamage?.(problem);
    if (!(error instanceof TreeDamaged)) throw error;
    throw errors.unavailable('tree-damaged', `${problem}; it is being built again from the log`, undefined, 5);
  }

  close(): void {
    this.tree?.file.close();
    this.checkpoints.close();
  }

  /** From the log, and only if their hashes are those that were signed. */
  private async bundle(tree: TreeFile, number: number, width: number): Promise<Buffer> {
    const events = await this.options.ledger.readAll({ from: tree.startOf(number), limit: width });
    const entries = events.map(entryOf);
    const hashes = Buffer.concat(entries.map(leafHash));
    if (!hashes.equals(tree.tile(0, number).subarray(0, width * HASH_BYTES))) {
      const bad = entries.findIndex((entry, at) => !leafHash(entry).equals(tree.hash(0, number * TILE_WIDTH + at)));
      throw contradiction(bad < 0 ? `bundle ${number}` : `event ${events[bad]!.id} at ${number * TILE_WIDTH + bad}`);
    }
    return encodeBundle(entries);
  }

  private async leafOf({ id, position }: Pick<RecordedEvent, 'id' | 'position'>) {
    const bundle = this.present().bundleOf(position);
    const page = bundle && (await this.options.ledger.readAll({ from: bundle.after, limit: TILE_WIDTH }));
    const at = page?.findIndex((event) => event.id === id) ?? -1;
    if (!bundle || at < 0) throw contradiction(`event ${id}`);
    return { index: bundle.number * TILE_WIDTH + at, leaf: leafHash(entryOf(page![at]!)) };
  }

  private present(): TreeFile {
    const tree = this.current();
    if (!tree)
      throw errors.unavailable(
        'evidence-lags',
        'the tree of the log is being built; try again in a moment',
        undefined,
        1,
      );
    return tree;
  }

  /** The follower may have made the file again. */
  private current(): TreeFile | undefined {
    const { tree: file } = evidenceFiles(this.options.folder);
    const inode = statSync(file, { throwIfNoEntry: false })?.ino;
    if (inode === undefined || inode !== this.tree?.inode) {
      this.tree?.file.close();
      this.tree = undefined;
      if (inode === undefined) return undefined;
      try {
        this.tree = { file: TreeFile.open(file), inode };
      } catch (error) {
        if (error instanceof TreeDamaged) return undefined;
        throw error;
      }
    }
    return this.tree?.file;
  }
}

function assertContinues(tree: TreeFile, size: number, last: IssuedCheckpoint): void {
  if (size < last.size)
    throw errors.lost(
      'log-shorter-than-signed',
      `a checkpoint of ${last.size} events was signed, and the tree has only ${size}: nothing is signed until that is cleared up`,
    );
  if (!tree.rootAt(last.size).equals(last.root)) throw contradiction(`the log up to event ${last.size}`);
}

const hasSigned = (note: string, { name, keyId }: { readonly name: string; readonly keyId: number }): boolean =>
  splitNote(note).signatures.some((line) => line.name === name && line.keyId === keyId);

const contradiction = (what: string) =>
  errors.lost('evidence-mismatch', `${what} is not what was signed: the log, its tree or its checkpoints were changed`);

const damaged = (what: string) => new TreeDamaged(what);
