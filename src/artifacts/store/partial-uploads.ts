import { randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { Clock, CustodyError, errors, ExperimentId, microsToMillis, UserId } from '../../core/index.js';
import { ArtifactOwner } from '../run-directory.js';
import { PutOptions, StoredBytes } from './artifact-store.js';
import { diskError } from './disk-errors.js';
import { Reservations } from './reservations.js';
import { Staging, syncDirectory } from './staging.js';
import { UploadIndex } from './upload-index.js';
import { noRoom, partError, partNotFound, tooManyOpen, unknownUpload } from './upload-errors.js';
import { verifying } from './verifying.js';

/** What an upload in parts will become, and who began it. */
export interface UploadPlan {
  readonly runId: ArtifactOwner;
  readonly experimentId: ExperimentId;
  readonly path: string;
  readonly parts: number;
  readonly actor: UserId;
}

export interface Upload extends UploadPlan {
  readonly id: string;
  /** Who has it may send parts of this upload, and nothing else. */
  readonly secret: string;
  /** Set once the file is stored: the same completion again answers the same. */
  readonly completed?: StoredBytes;
}

export interface Part {
  readonly number: number;
  readonly sha256: string;
}

export interface PartialUploadsOptions {
  /** Of one upload, all parts together. */
  readonly maxBytes: number;
  /** Uploads that one account may have open at a time. */
  readonly maxOpen: number;
  /** Bytes that all open uploads of one account may hold at a time. */
  readonly maxStagedBytes: number;
  /** What got no part for this long is given up. */
  readonly maxAgeMs: number;
  readonly clock: Clock;
}

const UPLOAD_ID = /^[0-9a-f]{32}$/;

/**
 * Uploads in parts that are not complete: an index of them, and `<dir>/uploads/<id>/` with one file a part,
 * on the local disk whatever the store is. Nothing of it is an artifact yet, so nothing of it is in the log.
 *
 * Order matters: a part's file is there before the index lists it, and the index forgets an upload before
 * its folder goes. So whatever a crash leaves is a file that nothing lists, and `clean` may remove it.
 */
export class PartialUploads {
  private readonly folder: string;
  private readonly staging: Staging;
  private readonly index: UploadIndex;
  private readonly underWay = new Reservations();

  constructor(
    dir: string,
    private readonly options: PartialUploadsOptions,
  ) {
    this.folder = join(dir, 'uploads');
    this.staging = new Staging(join(dir, 'incoming'));
    this.index = new UploadIndex(this.folder);
  }

  /** @throws CustodyError `uploads-too-many` */
  async begin(plan: UploadPlan): Promise<Upload> {
    const upload: Upload = {
      ...plan,
      id: randomUUID().replaceAll('-', ''),
      secret: randomBytes(32).toString('base64url'),
    };
    return this.onDisk(async () => {
      await this.giveUpStale();
      if (this.index.add(upload, this.now(), this.options.maxOpen)) return upload;
      throw tooManyOpen(this.options, this.index.oldestOf(plan.actor));
    });
  }

  /** @throws CustodyError `upload-not-found` */
  async find(id: string): Promise<Upload> {
    const upload = await this.onDisk(async () => (UPLOAD_ID.test(id) ? this.index.find(id) : undefined));
    if (!upload) throw unknownUpload();
    return upload;
  }

  /** The same part again takes the place of the one before. @throws CustodyError `uploads-hold-too-much` */
  async putPart(upload: Upload, number: number, body: Readable | Buffer, options: PutOptions): Promise<StoredBytes> {
    if (upload.completed) throw unknownUpload();
    return this.onDisk(async () => {
      const room = this.roomFor(upload, number, options);
      const release = this.underWay.reserve(upload.actor, room.reserved);
      try {
        const { file, ...part } = await this.staging.receive(body, { ...options, maxBytes: room.maxBytes });
        await this.keep(upload.id, file, { number, ...part });
        return part;
      } catch (error) {
        const full = error instanceof CustodyError && error.code === 'artifact-too-large' && room.byAccount;
        throw full ? noRoom(this.options) : error;
      } finally {
        release();
      }
    });
  }

  /** All parts in order, each verified on the way. @throws CustodyError naming what does not fit */
  async assemble(upload: Upload, parts: readonly Part[]): Promise<Readable> {
    const known = new Map(this.index.parts(upload.id).map(({ number, sha256 }) => [number, sha256]));
    const ordered = [...parts].sort((a, b) => a.number - b.number);
    if (ordered.length !== upload.parts || ordered.some(({ number }, index) => number !== index + 1))
      throw errors.invalid('parts-incomplete', `this upload has the parts 1 to ${upload.parts}, each once`, 'parts');
    const absent = ordered.find((part) => known.get(part.number) !== part.sha256);
    if (absent) throw partNotFound(absent);
    const open = (part: Part) =>
      pipeline(createReadStream(this.fileOf(upload.id, part)), verifying(part.sha256), () => undefined);
    const bytes = async function* () {
      for (const part of ordered) {
        try {
          yield* open(part) as AsyncIterable<Buffer>;
        } catch (error) {
          throw partError(part, error);
        }
      }
    };
    return Readable.from(bytes(), { objectMode: false });
  }

  async complete(upload: Upload, completed: StoredBytes): Promise<void> {
    await this.onDisk(async () => {
      this.index.complete({ ...upload, completed }, this.now());
      await this.removeFolder(upload.id);
    });
  }

  /** What is not there is aborted already. */
  async abort(id: string): Promise<void> {
    if (!UPLOAD_ID.test(id)) throw unknownUpload();
    await this.onDisk(async () => {
      this.index.remove(id);
      await this.removeFolder(id);
    });
  }

  /** Removes what nobody goes on with, and what processes that died left behind. */
  async clean(): Promise<void> {
    await this.staging.clean();
    if (!existsSync(this.folder)) return;
    await this.giveUpStale();
    for (const name of await readdir(this.folder))
      if (UPLOAD_ID.test(name) && this.isLeftover(name)) await this.removeFolder(name);
  }

  close(): void {
    this.staging.close();
    this.index.close();
  }

  private isLeftover(id: string): boolean {
    const upload = this.index.find(id);
    return upload === undefined || upload.completed !== undefined;
  }

  private async giveUpStale(): Promise<void> {
    for (const id of this.index.untouchedSince(this.now() - this.options.maxAgeMs)) await this.abort(id);
  }

  /** How long the part may be, and whether it is its account that bounds it, not the size of an artifact. */
  private roomFor(upload: Upload, number: number, { declaredBytes }: PutOptions) {
    const { maxBytes, maxStagedBytes } = this.options;
    this.index.touch(upload.id, this.now());
    const held = this.index.held(upload, number);
    const ofUpload = maxBytes - held.byUpload;
    const ofAccount = Math.max(0, maxStagedBytes - held.byAccount - this.underWay.of(upload.actor));
    const most = Math.min(ofUpload, ofAccount);
    return { maxBytes: most, byAccount: ofAccount < ofUpload, reserved: Math.min(declaredBytes ?? most, most) };
  }

  private async keep(id: string, file: string, part: Part & StoredBytes): Promise<void> {
    try {
      await mkdir(this.at(id), { recursive: true, mode: 0o700 });
      await rename(file, this.fileOf(id, part));
      await syncDirectory(this.at(id));
    } catch (error) {
      await this.staging.discard(file);
      throw error;
    }
    const before = this.index.putPart(id, part, this.now());
    // It was completed or aborted meanwhile, and its folder is of no use to anybody.
    if (before === 'gone') {
      await this.removeFolder(id);
      throw unknownUpload();
    }
    if (before && before.sha256 !== part.sha256) await rm(this.fileOf(id, before), { force: true });
  }

  private at(id: string): string {
    return join(this.folder, id);
  }

  private fileOf(id: string, { number, sha256 }: Part): string {
    return join(this.at(id), `${number}.${sha256}`);
  }

  private async removeFolder(id: string): Promise<void> {
    await rm(this.at(id), { recursive: true, force: true });
  }

  private now(): number {
    return microsToMillis(this.options.clock.now());
  }

  private async onDisk<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw diskError(error);
    }
  }
}
