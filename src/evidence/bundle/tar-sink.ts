import { FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BundleSink, BundleStream } from './bundle-sink.js';
import { assertFree, partOf, syncFolder } from './places.js';
import { BLOCK, headerOf, MOST_BYTES, paddingOf } from './tar-header.js';

const PIECE = 1024 * 1024;

/**
 * Writes a bundle as a .tar. In an archive one file follows the other, so a file of unknown size waits in a file
 * of its own beside it until it ends; then it is copied in.
 */
export class TarSink implements BundleSink {
  private at = 0;

  private constructor(
    private readonly target: string,
    private readonly part: string,
    private readonly handle: FileHandle,
  ) {}

  /** @throws an Error with a code of the file system (EEXIST when something is there) */
  static async create(target: string): Promise<TarSink> {
    assertFree(target);
    const part = partOf(target);
    return new TarSink(target, part, await open(part, 'wx'));
  }

  async put(path: string, bytes: Uint8Array): Promise<void> {
    await this.append(headerOf(path, bytes.length));
    await this.append(bytes);
    await this.append(Buffer.alloc(paddingOf(bytes.length)));
  }

  async begin(path: string): Promise<BundleStream> {
    const waiting = partOf(this.target);
    const file = await open(waiting, 'wx+');
    // Nobody finds it, and it is gone with this process, however that ends.
    await rm(waiting);
    return {
      write: async (bytes) => void (await file.writeFile(bytes)),
      end: async () => {
        try {
          await this.copy(path, file);
        } finally {
          await file.close();
        }
      },
    };
  }

  async finish(): Promise<void> {
    await this.append(Buffer.alloc(2 * BLOCK));
    await this.handle.sync();
    await this.handle.close();
    await rename(this.part, this.target);
    await syncFolder(dirname(resolve(this.target)));
  }

  async abandon(): Promise<void> {
    await this.handle.close();
    await rm(this.part, { force: true });
  }

  private async copy(path: string, file: FileHandle): Promise<void> {
    const { size } = await file.stat();
    if (size > MOST_BYTES) throw new RangeError(`${path} is too large for a .tar: export into a folder`);
    await this.append(headerOf(path, size));
    const buffer = Buffer.alloc(Math.min(PIECE, size));
    for (let done = 0; done < size;) {
      const { bytesRead } = await file.read({ buffer, position: done });
      if (bytesRead === 0) throw new RangeError(`${path} became shorter while it was copied`);
      await this.append(buffer.subarray(0, bytesRead));
      done += bytesRead;
    }
    await this.append(Buffer.alloc(paddingOf(size)));
  }

  private async append(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, this.at);
      done += bytesWritten;
      this.at += bytesWritten;
    }
  }
}
