import { constants } from 'node:fs';
import { FileHandle, lstat, mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import { ArtifactStore, PutOptions, StoredBytes } from './artifact-store.js';
import { diskError } from './disk-errors.js';
import { Staging, syncDirectory } from './staging.js';
import { DamagedBytes, digest, isDigest, MissingBytes } from './store-errors.js';
import { verifyBytes, verifyFile, verifying } from './verifying.js';

/** Up to this, a file is read whole: verified and answered from the same bytes. */
const SMALL = 1024 * 1024;
const READ_CHUNK = 256 * 1024;
const REMEMBERED = 10_000;

export interface DiskArtifactStoreOptions {
  /** The largest body that `put` ever takes. */
  readonly maxBytes?: number;
}

/**
 * `<dir>/sha256/ab/<64 hex>`, written to `<dir>/incoming/` first. The only names that ever reach the file
 * system are digests and random ids made here; nothing that a user says is part of a path, and no link in
 * the place of a file is followed.
 *
 * Order matters: bytes are synced before the rename makes them visible, and the folders that gained an
 * entry are synced after it. A crash in between leaves a file in `incoming` and nothing else.
 *
 * A large file is read once before its first byte goes out, so that a damaged one is refused with an
 * answer and not with a broken connection. That pass is remembered while the file's inode, size and times
 * are the same; what changes without them (a disk that rots) is caught while it streams.
 */
export class DiskArtifactStore extends ArtifactStore {
  private readonly staging: Staging;
  private readonly stored: string;
  private readonly verified = new LRUCache<string, string>({ max: REMEMBERED });

  constructor(
    dir: string,
    private readonly options: DiskArtifactStoreOptions = {},
  ) {
    super();
    this.staging = new Staging(join(dir, 'incoming'));
    this.stored = join(dir, 'sha256');
  }

  async put(body: Readable | Buffer, { maxBytes = Infinity, ...more }: PutOptions = {}): Promise<StoredBytes> {
    const most = Math.min(maxBytes, this.options.maxBytes ?? Infinity);
    try {
      const { file, sha256, size } = await this.staging.receive(body, { ...more, maxBytes: most });
      await this.moveIn(file, sha256).catch(async (error: unknown) => {
        await this.staging.discard(file);
        throw error;
      });
      return { sha256, size };
    } catch (error) {
      throw diskError(error);
    }
  }

  async open(sha256: string): Promise<Readable> {
    const file = this.fileOf(sha256);
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' || error.code === 'ELOOP' ? new MissingBytes(sha256) : diskError(error);
    });
    try {
      return await this.openVerified(handle, sha256);
    } catch (error) {
      await handle.close();
      throw diskError(error);
    }
  }

  async has(sha256: string): Promise<boolean> {
    if (!isDigest(sha256)) return false;
    return lstat(this.fileOf(sha256)).then(
      (info) => info.isFile(),
      () => false,
    );
  }

  clean(): Promise<void> {
    return this.staging.clean();
  }

  close(): void {
    this.staging.close();
  }

  private async openVerified(handle: FileHandle, sha256: string): Promise<Readable> {
    const info = await handle.stat({ bigint: true });
    if (!info.isFile()) throw new MissingBytes(sha256);
    const { dev, ino, size, mtimeNs, ctimeNs } = info;
    if (size <= SMALL) {
      const bytes = verifyBytes(await handle.readFile(), sha256);
      await handle.close();
      return Readable.from([bytes], { objectMode: false });
    }
    const seen = [dev, ino, size, mtimeNs, ctimeNs].join(':');
    if (this.verified.get(sha256) !== seen) {
      await verifyFile(handle, sha256);
      this.verified.set(sha256, seen);
    }
    // Errors of the file come out of the verified stream; whoever destroys that one closes the file.
    return pipeline(handle.createReadStream({ start: 0, highWaterMark: READ_CHUNK }), verifying(sha256), (error) => {
      if (error instanceof DamagedBytes) this.verified.delete(sha256);
    });
  }

  private fileOf(sha256: string): string {
    return join(this.stored, digest(sha256).slice(0, 2), sha256);
  }

  /** Same name, same bytes: putting them over an older copy changes nothing, or mends one that has rotted. */
  private async moveIn(temporary: string, sha256: string): Promise<void> {
    const file = this.fileOf(sha256);
    const made = await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await rename(temporary, file);
    await syncDirectory(dirname(file));
    await syncDirectory(this.stored);
    if (made !== undefined) await syncDirectory(dirname(made));
  }
}
