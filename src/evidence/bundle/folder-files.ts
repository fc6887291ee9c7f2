import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NotABundle, UnreadableFile } from './bundle-error.js';
import { BundleFiles, inOrder, isBundlePath } from './bundle-files.js';

/** A bundle in a folder. Links are not followed: what they point to is not in the bundle. */
export class FolderFiles implements BundleFiles {
  private constructor(
    readonly place: string,
    readonly sizes: ReadonlyMap<string, number>,
  ) {}

  /** @throws NotABundle when something in it is neither a file nor a folder */
  static async open(folder: string): Promise<FolderFiles> {
    return new FolderFiles(folder, inOrder(await filesBelow(folder)));
  }

  async read(path: string, atMost: number): Promise<Buffer | undefined> {
    const size = this.sizes.get(path);
    if (size === undefined) return undefined;
    if (size > atMost) throw new UnreadableFile(path, `is larger than such a file can be (${size} bytes)`);
    return readFile(join(this.place, path));
  }

  stream(path: string): AsyncIterable<Buffer> {
    return createReadStream(join(this.place, path)) as AsyncIterable<Buffer>;
  }

  async close(): Promise<void> {}
}

async function filesBelow(folder: string, prefix = ''): Promise<(readonly [string, number])[]> {
  const found: (readonly [string, number])[] = [];
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    const path = `${prefix}${entry.name}`;
    if (!isBundlePath(path)) throw new NotABundle(`${JSON.stringify(path)} is no name of a file in a bundle`);
    if (entry.isDirectory()) found.push(...(await filesBelow(folder, `${path}/`)));
    else if (entry.isFile()) found.push([path, (await lstat(join(folder, path))).size]);
    else throw new NotABundle(`${path} is neither a file nor a folder (a link?), and a bundle holds nothing else`);
  }
  return found;
}
