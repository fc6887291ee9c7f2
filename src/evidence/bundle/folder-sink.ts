import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BundleSink, BundleStream } from './bundle-sink.js';
import { assertFree, partOf, syncFolder } from './places.js';

/** Writes a bundle beside its place and moves it there when it is whole. */
export class FolderSink implements BundleSink {
  private readonly made = new Set<string>();

  private constructor(
    private readonly folder: string,
    private readonly part: string,
  ) {}

  /** @throws an Error with a code of the file system (EEXIST when something is there) */
  static async create(folder: string): Promise<FolderSink> {
    assertFree(folder);
    const part = partOf(folder);
    await mkdir(part, { recursive: true });
    return new FolderSink(folder, part);
  }

  async put(path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.begin(path);
    await file.write(bytes);
    await file.end();
  }

  async begin(path: string): Promise<BundleStream> {
    const target = join(this.part, path);
    await this.folderFor(dirname(target));
    const handle = await open(target, 'wx');
    return {
      write: async (bytes) => void (await handle.writeFile(bytes)),
      end: async () => {
        await handle.datasync();
        await handle.close();
      },
    };
  }

  async finish(): Promise<void> {
    for (const folder of this.made) await syncFolder(folder);
    await rename(this.part, this.folder);
    await syncFolder(dirname(this.folder));
  }

  abandon(): Promise<void> {
    return rm(this.part, { recursive: true, force: true });
  }

  private async folderFor(folder: string): Promise<void> {
    if (this.made.has(folder)) return;
    await mkdir(folder, { recursive: true });
    this.made.add(folder);
  }
}
