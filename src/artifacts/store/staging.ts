import { createHash, randomUUID } from 'node:crypto';
import { FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { PutOptions, StoredBytes } from './artifact-store.js';
import { OwnedFolder, removeDead } from './owned-folder.js';
import { brokenOff, tooLarge } from './store-errors.js';

const BLOCK = 1024 * 1024;

export interface StagedFile extends StoredBytes {
  readonly file: string;
}

/**
 * A folder for bytes whose digest is not known yet. They have names made here, are synced before anybody
 * relies on them, and are gone when a body breaks off. Several processes share it, each with a folder of its
 * own in it: what a process that died left there is cleared away by the next one that comes.
 */
export class Staging {
  private owned: OwnedFolder | undefined;

  constructor(readonly folder: string) {}

  /** Removes what processes that died left behind. */
  clean(): Promise<void> {
    return removeDead(this.folder);
  }

  close(): void {
    this.owned?.release();
    this.owned = undefined;
  }

  /** Writes a body to its end. The caller moves the file on, or discards it. */
  async receive(body: Readable | Buffer, options: PutOptions = {}): Promise<StagedFile> {
    const { maxBytes = Infinity, declaredBytes } = options;
    const source = Buffer.isBuffer(body) ? Readable.from([body], { objectMode: false }) : body;
    // A body may break off before the first byte is asked for; that error is met again when it is read.
    source.on('error', () => undefined);
    if (declaredBytes !== undefined && declaredBytes > maxBytes) throw tooLarge(maxBytes);
    const file = this.newName();
    try {
      const stored = await writeSynced(source, file, maxBytes);
      if (declaredBytes !== undefined && declaredBytes !== stored.size) throw brokenOff();
      return { file, ...stored };
    } catch (error) {
      await this.discard(file);
      throw error;
    }
  }

  newName(): string {
    // A disk that was full or away may be back at the next try.
    this.owned ??= OwnedFolder.take(this.folder);
    return join(this.owned.path, `${randomUUID()}.part`);
  }

  async discard(file: string): Promise<void> {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

async function writeSynced(source: Readable, file: string, maxBytes: number): Promise<StoredBytes> {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(BLOCK);
  let size = 0;
  let held = 0;
  // `wx`: a link that somebody put there in advance is an error, not a way out of the folder.
  const handle = await open(file, 'wx', 0o600);
  try {
    for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      size += bytes.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      hash.update(bytes);
      // A socket brings pieces of 64 KiB and less: one write for many of them.
      for (let from = 0; from < bytes.length;) {
        const copied = bytes.copy(block, held, from);
        from += copied;
        held += copied;
        if (held === BLOCK) {
          await writeAll(handle, block);
          held = 0;
        }
      }
    }
    await writeAll(handle, block.subarray(0, held));
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest('hex'), size };
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
  }
}

/** Makes the entries of a folder durable: a file's own sync does not cover its name. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
