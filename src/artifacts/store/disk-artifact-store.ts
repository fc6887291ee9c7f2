import { createHash, randomUUID } from 'node:crypto';
import { FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { errors } from '../../core/index.js';
import { ArtifactStore, PutOptions, StoredBytes } from './artifact-store.js';
import { diskError } from './disk-errors.js';
import { verifying } from './verifying.js';

const SHA256 = /^[0-9a-f]{64}$/;
const MAX_READ = 256 * 1024 * 1024;
/** A file in `incoming` that nobody has written to for this long belongs to a process that died. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

export interface DiskArtifactStoreOptions {
  /** The largest body that `put` ever takes. */
  readonly maxBytes?: number;
}

/**
 * `<dir>/sha256/ab/<64 hex>`, written to `<dir>/incoming/` first. The only names that ever reach the file
 * system are digests and random ids made here; nothing that a user says is part of a path.
 *
 * Order matters: bytes are synced before the rename makes them visible, and the folders that gained an
 * entry are synced after it. A crash in between leaves a file in `incoming` and nothing else.
 */
export class DiskArtifactStore extends ArtifactStore {
  private readonly incoming: string;
  private readonly stored: string;
  private ready: Promise<void> | undefined;

  constructor(
    private readonly dir: string,
    private readonly options: DiskArtifactStoreOptions = {},
  ) {
    super();
    this.incoming = join(dir, 'incoming');
    this.stored = join(dir, 'sha256');
  }

  async put(body: Readable | Buffer, { maxBytes = Infinity }: PutOptions = {}): Promise<StoredBytes> {
    const source = Buffer.isBuffer(body) ? Readable.from([body], { objectMode: false }) : body;
    // A body may break off before the first byte is asked for; that error is met again when it is read.
    source.on('error', () => undefined);
    const temporary = join(this.incoming, `${randomUUID()}.part`);
    try {
      await this.prepared();
      const stored = await writeSynced(source, temporary, Math.min(maxBytes, this.options.maxBytes ?? Infinity));
      await this.moveIn(temporary, stored.sha256);
      return stored;
    } catch (error) {
      source.destroy();
      await rm(temporary, { force: true }).catch(() => undefined);
      throw diskError(error);
    }
  }

  async open(sha256: string): Promise<Readable> {
    const handle = await open(this.fileOf(sha256), 'r').catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? missing(sha256) : diskError(error);
    });
    // Errors of the file come out of the verified stream; whoever destroys that one closes the file.
    return pipeline(handle.createReadStream(), verifying(sha256), () => undefined);
  }

  async read(sha256: string, maxBytes = MAX_READ): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of (await this.open(sha256)) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  }

  async has(sha256: string): Promise<boolean> {
    if (!SHA256.test(sha256)) return false;
    return stat(this.fileOf(sha256)).then(
      (info) => info.isFile(),
      () => false,
    );
  }

  private fileOf(sha256: string): string {
    if (!SHA256.test(sha256)) throw errors.invalid('digest-invalid', 'a digest is 64 lower-case hex digits', 'sha256');
    return join(this.stored, sha256.slice(0, 2), sha256);
  }

  /** Same name, same bytes: putting them over an older copy changes nothing, or mends one that has rotted. */
  private async moveIn(temporary: string, sha256: string): Promise<void> {
    const file = this.fileOf(sha256);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await rename(temporary, file);
    await syncDirectory(dirname(file));
    await syncDirectory(this.stored);
  }

  private async prepared(): Promise<void> {
    try {
      await (this.ready ??= this.prepare());
    } catch (error) {
      // A disk that was full or away may be back at the next try.
      this.ready = undefined;
      throw error;
    }
  }

  private async prepare(): Promise<void> {
    await mkdir(this.incoming, { recursive: true, mode: 0o700 });
    await mkdir(this.stored, { recursive: true, mode: 0o700 });
    await syncDirectory(this.dir);
    await removeAbandoned(this.incoming);
  }
}

async function writeSynced(source: Readable, file: string, maxBytes: number): Promise<StoredBytes> {
  const hash = createHash('sha256');
  let size = 0;
  const handle = await open(file, 'wx', 0o600);
  try {
    for await (const chunk of source as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      size += bytes.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      hash.update(bytes);
      await writeAll(handle, bytes);
    }
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

async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeAbandoned(incoming: string): Promise<void> {
  const before = Date.now() - ABANDONED_MS;
  for (const name of await readdir(incoming)) {
    const file = join(incoming, name);
    const info = await stat(file).catch(() => undefined);
    if (info && info.mtimeMs < before) await rm(file, { force: true });
  }
}

const tooLarge = (maxBytes: number) =>
  errors.tooLarge('artifact-too-large', `an artifact may have at most ${maxBytes} bytes`, 'body');

const missing = (sha256: string) =>
  errors.unavailable(
    'artifact-missing',
    `the bytes with SHA-256 ${sha256} are not in the artifact store; restore them from a backup`,
  );
