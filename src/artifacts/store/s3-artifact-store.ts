import { createWriteStream } from 'node:fs';
import { open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';
import {
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ClientConfig,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { LRUCache } from 'lru-cache';
import { errors } from '../../core/index.js';
import { ArtifactStore, PutOptions, StoredBytes } from './artifact-store.js';
import { diskError } from './disk-errors.js';
import { ABANDONED_MS } from './owned-folder.js';
import { Reservations } from './reservations.js';
import { isAbsent, s3Error } from './s3-errors.js';
import { StagedFile, Staging } from './staging.js';
import { abortUnfinished } from './s3-unfinished.js';
import { DamagedBytes, digest, isDigest, MissingBytes } from './store-errors.js';
import { verifyBytes, verifying } from './verifying.js';

const MiB = 1024 * 1024;
/** Fetched into memory; everything above goes through a file. */
const SMALL = MiB;
/** Sent in one request, whose checksum the server verifies. */
const PART = 16 * MiB;
const MAX_PARTS = 10_000;
const REMEMBERED = 10_000;
const READ_CHUNK = 256 * 1024;
/** Parts on their way at a time: what an upload holds in memory is this many parts. */
const PARTS_UNDER_WAY = 2;

export interface S3Place {
  readonly bucket: string;
  /** Empty, or without slashes at its ends. */
  readonly prefix: string;
  readonly region: string;
  /** For everything that is not Amazon's own; objects are then addressed by path. */
  readonly endpoint?: string;
}

export interface S3ArtifactStoreOptions {
  /** On a local disk: bodies wait here for their digest, objects for their verification. */
  readonly staging: string;
  readonly maxBytes?: number;
  /** What all objects that are fetched at a time may take of that disk; one alone is always fetched. */
  readonly maxFetchedBytes?: number;
  /** A multipart upload of this age was left by a process that died. */
  readonly unfinishedMs?: number;
  /** For tests; by default the SDK's own chain finds them. */
  readonly credentials?: S3ClientConfig['credentials'];
}

/**
 * `<prefix>/sha256/ab/<64 hex>` in a bucket. A body goes to the local disk first, since only its end tells
 * the key; memory stays the same whatever the size. An upload that breaks off is aborted: no key appears
 * before the object is whole.
 *
 * An object is fetched to the local disk and verified there before its first byte goes out. Reading it
 * twice over the network would cost as much traffic again, and sending it unverified would show damage
 * only as a connection that breaks at the very end. What lies there at a time is bounded; whoever comes too
 * much is told to come again.
 *
 * The tags (ETags) of objects that were sent or found sound are remembered: while an object has the same,
 * its bytes are not sent again. What was found damaged is forgotten, and the same bytes take its place.
 */
export class S3ArtifactStore extends ArtifactStore {
  private readonly staging: Staging;
  private readonly client: S3Client;
  private readonly fetches = new Reservations();
  private readonly sound = new LRUCache<string, string>({ max: REMEMBERED });

  constructor(
    private readonly place: S3Place,
    private readonly options: S3ArtifactStoreOptions,
  ) {
    super();
    this.staging = new Staging(join(options.staging, 'incoming'));
    const { region, endpoint } = place;
    this.client = new S3Client({
      region,
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
      ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
      // Our own SHA-256 goes along; the SDK's additional trailing checksums are unknown to older servers.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  /** @throws CustodyError kind `unavailable` when the bucket is not there or may not be used */
  async check(): Promise<void> {
    await this.client
      .send(new HeadBucketCommand({ Bucket: this.place.bucket }))
      .catch((error: unknown) => this.fail(error));
  }

  async put(body: Readable | Buffer, { maxBytes = Infinity, ...more }: PutOptions = {}): Promise<StoredBytes> {
    const most = Math.min(maxBytes, this.options.maxBytes ?? Infinity);
    const staged = await this.staging.receive(body, { ...more, maxBytes: most }).catch((error: unknown) => {
      throw diskError(error);
    });
    try {
      if (!(await this.isSent(staged))) {
        const { ETag } = await (staged.size <= PART ? this.putWhole(staged) : this.putInParts(staged));
        this.remember(staged.sha256, ETag);
      }
      return { sha256: staged.sha256, size: staged.size };
    } catch (error) {
      return this.fail(error);
    } finally {
      await this.staging.discard(staged.file);
    }
  }

  async open(sha256: string): Promise<Readable> {
    const found = await this.client.send(new GetObjectCommand(this.at(sha256))).catch((error: unknown) => {
      if (isAbsent(error)) throw new MissingBytes(sha256);
      return this.fail(error);
    });
    const body = found.Body as Readable;
    try {
      if (found.ContentLength !== undefined && found.ContentLength <= SMALL) {
        const bytes = Buffer.concat((await body.toArray()) as Buffer[]);
        verifyBytes(bytes, sha256);
        this.remember(sha256, found.ETag);
        return Readable.from([bytes], { objectMode: false });
      }
      const stream = await this.fetched(body, sha256, found.ContentLength);
      this.remember(sha256, found.ETag);
      return stream;
    } catch (error) {
      if (error instanceof DamagedBytes) this.sound.delete(sha256);
      body.destroy();
      return this.fail(error);
    }
  }

  async has(sha256: string): Promise<boolean> {
    if (!isDigest(sha256)) return false;
    return this.client.send(new HeadObjectCommand(this.at(sha256))).then(
      () => true,
      (error: unknown) => (isAbsent(error) ? false : this.fail(error)),
    );
  }

  async clean(): Promise<void> {
    await this.staging.clean();
    const { bucket: Bucket, prefix } = this.place;
    const Prefix = prefix === '' ? 'sha256/' : `${prefix}/sha256/`;
    const before = Date.now() - (this.options.unfinishedMs ?? ABANDONED_MS);
    await abortUnfinished(this.client, { Bucket, Prefix }, before).catch((error: unknown) => this.fail(error));
  }

  close(): void {
    this.staging.close();
    this.client.destroy();
  }

  private at(sha256: string): { readonly Bucket: string; readonly Key: string } {
    const { bucket, prefix } = this.place;
    const key = `sha256/${digest(sha256).slice(0, 2)}/${sha256}`;
    return { Bucket: bucket, Key: prefix === '' ? key : `${prefix}/${key}` };
  }

  private async isSent({ sha256, size }: StagedFile): Promise<boolean> {
    const known = this.sound.get(sha256);
    if (known === undefined) return false;
    const found = await this.client.send(new HeadObjectCommand(this.at(sha256))).catch((error: unknown) => {
      if (isAbsent(error)) return undefined;
      throw error;
    });
    return found?.ContentLength === size && found.ETag === known;
  }

  private remember(sha256: string, tag: string | undefined): void {
    if (tag !== undefined) this.sound.set(sha256, tag);
  }

  private async putWhole({ file, sha256 }: StagedFile): Promise<Tagged> {
    const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
    return this.client.send(
      new PutObjectCommand({ ...this.at(sha256), Body: await readFile(file), ChecksumSHA256, ...OPAQUE }),
    );
  }

  private async putInParts({ file, sha256, size }: StagedFile): Promise<Tagged> {
    const handle = await open(file, 'r');
    const upload = new Upload({
      client: this.client,
      params: { ...this.at(sha256), Body: handle.createReadStream({ highWaterMark: READ_CHUNK }), ...OPAQUE },
      partSize: Math.max(PART, Math.ceil(size / MAX_PARTS)),
      queueSize: PARTS_UNDER_WAY,
      leavePartsOnError: false,
    });
    return upload.done().finally(() => handle.close());
  }

  /** The file has no name any more when this returns: whoever ends or destroys the stream frees it. */
  private async fetched(body: Readable, sha256: string, size = 0): Promise<Readable> {
    const held = this.fetches.of(FETCHED);
    if (held > 0 && held + size > (this.options.maxFetchedBytes ?? Infinity)) throw fetchesFull();
    const release = this.fetches.reserve(FETCHED, size);
    const file = this.staging.newName();
    try {
      await piped(body, verifying(sha256), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
      const handle = await open(file, 'r');
      await unlink(file);
      const stream = handle.createReadStream({ start: 0, highWaterMark: READ_CHUNK });
      return pipeline(stream, verifying(sha256), release);
    } catch (error) {
      release();
      await this.staging.discard(file);
      throw diskError(error);
    }
  }

  private fail(error: unknown): never {
    throw s3Error(error, this.place.bucket);
  }
}

const FETCHED = 'fetched';

interface Tagged {
  readonly ETag?: string | undefined;
}

const fetchesFull = () =>
  errors.unavailable('artifact-fetches-full', 'as much is being downloaded as fits on the disk; try again');

/** A bucket that somebody opens to browsers must not turn artifacts into pages. */
const OPAQUE = { ContentType: 'application/octet-stream' };
