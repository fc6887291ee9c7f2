import { randomBytes, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { errors, ExperimentId, UserId } from '../../core/index.js';
import { ArtifactOwner } from '../run-directory.js';
import { PutOptions, StoredBytes } from './artifact-store.js';
import { diskError } from './disk-errors.js';
import { removeAbandoned, Staging } from './staging.js';
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

const PLAN = 'upload.json';
const UPLOAD_ID = /^[0-9a-f]{32}$/;
const PART_FILE = /^(\d{1,5})\.([0-9a-f]{64})$/;

/**
 * Uploads in parts that are not complete: `<dir>/uploads/<id>/` with the plan and one file a part, on the
 * local disk whatever the store is. Nothing of it is an artifact yet, so nothing of it is in the log; what
 * nobody completes is removed a day after its last part.
 */
export class PartialUploads {
  private readonly folder: string;
  private readonly staging: Staging;

  constructor(
    dir: string,
    private readonly maxBytes = Infinity,
  ) {
    this.folder = join(dir, 'uploads');
    this.staging = new Staging(join(dir, 'incoming'));
  }

  async begin(plan: UploadPlan): Promise<Upload> {
    const upload: Upload = {
      ...plan,
      id: randomUUID().replaceAll('-', ''),
      secret: randomBytes(32).toString('base64url'),
    };
    try {
      await removeAbandoned(this.folder);
      await mkdir(this.at(upload.id), { recursive: true, mode: 0o700 });
      await this.write(upload);
    } catch (error) {
      throw diskError(error);
    }
    return upload;
  }

  /** @throws CustodyError `upload-not-found` */
  async find(id: string): Promise<Upload> {
    const text = await readFile(join(this.at(id), PLAN), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw unknownUpload();
      throw diskError(error);
    });
    return JSON.parse(text) as Upload;
  }

  /** The same part again takes the place of the one before. */
  async putPart(upload: Upload, number: number, body: Readable | Buffer, options: PutOptions): Promise<StoredBytes> {
    if (upload.completed) throw unknownUpload();
    const others = (await this.parts(upload.id)).filter((part) => part.number !== number);
    const taken = (await Promise.all(others.map((part) => this.sizeOf(upload.id, part)))).reduce((a, b) => a + b, 0);
    try {
      const { file, sha256, size } = await this.staging.receive(body, { ...options, maxBytes: this.maxBytes - taken });
      await rename(file, this.fileOf(upload.id, { number, sha256 }));
      await this.removeParts(upload.id, (part) => part.number === number && part.sha256 !== sha256);
      return { sha256, size };
    } catch (error) {
      throw diskError(error);
    }
  }

  /** All parts in order, each verified on the way. @throws CustodyError naming what does not fit */
  async assemble(upload: Upload, parts: readonly Part[]): Promise<Readable> {
    const there = new Set((await this.parts(upload.id)).map(nameOf));
    const ordered = [...parts].sort((a, b) => a.number - b.number);
    if (ordered.length !== upload.parts || ordered.some(({ number }, index) => number !== index + 1))
      throw errors.invalid('parts-incomplete', `this upload has the parts 1 to ${upload.parts}, each once`, 'parts');
    const absent = ordered.find((part) => !there.has(nameOf(part)));
    if (absent)
      throw errors.invalid('part-not-found', `part ${absent.number} was not received with this etag`, 'parts');
    const open = (part: Part) =>
      pipeline(createReadStream(this.fileOf(upload.id, part)), verifying(part.sha256), () => undefined);
    const bytes = async function* () {
      for (const part of ordered) yield* open(part) as AsyncIterable<Buffer>;
    };
    return Readable.from(bytes(), { objectMode: false });
  }

  async complete(upload: Upload, completed: StoredBytes): Promise<void> {
    await this.write({ ...upload, completed });
    await this.removeParts(upload.id, () => true);
  }

  /** What is not there is aborted already. */
  async abort(id: string): Promise<void> {
    await rm(this.at(id), { recursive: true, force: true });
  }

  private at(id: string): string {
    if (!UPLOAD_ID.test(id)) throw unknownUpload();
    return join(this.folder, id);
  }

  private fileOf(id: string, part: Part): string {
    return join(this.at(id), nameOf(part));
  }

  private async parts(id: string): Promise<readonly Part[]> {
    const names = await readdir(this.at(id)).catch(() => []);
    return names.flatMap((name) => {
      const match = PART_FILE.exec(name);
      return match ? [{ number: Number(match[1]), sha256: match[2]! }] : [];
    });
  }

  private sizeOf(id: string, part: Part): Promise<number> {
    return stat(this.fileOf(id, part)).then(
      ({ size }) => size,
      () => 0,
    );
  }

  private async removeParts(id: string, which: (part: Part) => boolean): Promise<void> {
    for (const part of (await this.parts(id)).filter(which)) await rm(this.fileOf(id, part), { force: true });
  }

  /** In one step, so that nobody ever reads half a plan. */
  private async write(upload: Upload): Promise<void> {
    const plan = join(this.at(upload.id), PLAN);
    await writeFile(`${plan}.new`, JSON.stringify(upload), { mode: 0o600 });
    await rename(`${plan}.new`, plan);
  }
}

const nameOf = ({ number, sha256 }: Part): string => `${number}.${sha256}`;

const unknownUpload = () =>
  errors.notFound('upload-not-found', 'there is no such upload: it was completed, aborted or given up', 'upload_id');
