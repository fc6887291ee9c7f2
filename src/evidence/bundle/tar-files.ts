import { FileHandle, open } from 'node:fs/promises';
import { NotABundle, UnreadableFile } from './bundle-error.js';
import { BundleFiles, inOrder, isBundlePath } from './bundle-files.js';
import { BLOCK, decodeHeader, paddingOf } from './tar-header.js';

const PIECE = 1024 * 1024;
const LONGEST_TEXT = 64 * 1024;

interface Place {
  readonly at: number;
  readonly size: number;
}

/** Reads bytes at a place of the archive; fewer come only at its end. */
type ReadAt = (at: number, length: number) => Promise<Buffer>;

/** A bundle in a .tar, read where it lies. */
export class TarFiles implements BundleFiles {
  readonly sizes: ReadonlyMap<string, number>;

  private constructor(
    readonly place: string,
    private readonly readAt: ReadAt,
    private readonly places: ReadonlyMap<string, Place>,
    private readonly closing: () => Promise<void>,
  ) {
    this.sizes = inOrder([...places].map(([path, { size }]) => [path, size]));
  }

  /** @throws NotABundle when it is no .tar, is cut short, or holds what a bundle does not */
  static async open(file: string): Promise<TarFiles> {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      return await TarFiles.over(file, readerOf(handle), size, () => handle.close());
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  static inMemory(bytes: Buffer): Promise<TarFiles> {
    const readAt: ReadAt = async (at, length) => bytes.subarray(at, at + length);
    return TarFiles.over('memory.tar', readAt, bytes.length, async () => undefined);
  }

  private static async over(place: string, readAt: ReadAt, size: number, closing: () => Promise<void>) {
    return new TarFiles(place, readAt, await index(place, readAt, size), closing);
  }

  async read(path: string, atMost: number): Promise<Buffer | undefined> {
    const place = this.places.get(path);
    if (!place) return undefined;
    if (place.size > atMost) throw new UnreadableFile(path, `is larger than such a file can be (${place.size} bytes)`);
    return this.readAt(place.at, place.size);
  }

  async *stream(path: string): AsyncIterable<Buffer> {
    const { at, size } = this.places.get(path) ?? { at: 0, size: 0 };
    for (let done = 0; done < size; done += PIECE) yield this.readAt(at + done, Math.min(PIECE, size - done));
  }

  close(): Promise<void> {
    return this.closing();
  }
}

const readerOf =
  (handle: FileHandle): ReadAt =>
  async (position, length) => {
    const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(length), position });
    return buffer.subarray(0, bytesRead);
  };

async function index(place: string, readAt: ReadAt, end: number): Promise<ReadonlyMap<string, Place>> {
  const places = new Map<string, Place>();
  let longPath: string | undefined;
  for (let at = 0; ;) {
    const header = decodeHeader(await whole(place, readAt, at, BLOCK));
    if (header === undefined) {
      await assertZeros(place, readAt, at, end);
      return places;
    }
    if (typeof header === 'string') throw new NotABundle(`${place} is no .tar that can be read: ${header}`);
    const data = at + BLOCK;
    at = data + header.size + paddingOf(header.size);
    if (at > end) throw cutShort(place);
    await assertZeros(place, readAt, data + header.size, at);
    const path = longPath ?? header.path;
    longPath = undefined;
    if (header.kind === 'file') keep(places, plain(path), { at: data, size: header.size });
    else if (header.kind === 'long-path') longPath = (await textAt(readAt, data, header.size)).replace(/\0+$/, '');
    else if (header.kind === 'attributes') longPath = pathIn(await textAt(readAt, data, header.size));
    else if (header.kind === 'other')
      throw new NotABundle(`${path} is neither a file nor a folder (a link?), and a bundle holds nothing else`);
  }
}

/** As `tar c .` writes them. */
const plain = (path: string): string => path.replace(/^\.\//, '');

function keep(places: Map<string, Place>, path: string, at: Place): void {
  if (!isBundlePath(path)) throw new NotABundle(`${JSON.stringify(path)} is no name of a file in a bundle`);
  if (places.has(path)) throw new NotABundle(`${path} is in the .tar twice: nobody can tell which of them counts`);
  places.set(path, at);
}

const textAt = async (readAt: ReadAt, at: number, size: number): Promise<string> =>
  (await readAt(at, Math.min(size, LONGEST_TEXT))).toString('utf8');

/** Of the attributes that POSIX's `pax` puts before a file only its name matters: `LENGTH path=NAME`, a line each. */
const pathIn = (attributes: string): string | undefined => /(?:^|\n)\d+ path=([^\n]*)\n/.exec(attributes)?.[1];

async function whole(place: string, readAt: ReadAt, at: number, length: number): Promise<Buffer> {
  const bytes = await readAt(at, length);
  if (bytes.length < length) throw cutShort(place);
  return bytes;
}

const cutShort = (place: string): NotABundle => new NotABundle(`${place} is no whole .tar: it is cut short`);

/** What fills an archive up is nothing; something there would be bytes that nobody vouches for. */
async function assertZeros(place: string, readAt: ReadAt, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += PIECE) {
    const bytes = await readAt(at, Math.min(PIECE, to - at));
    if (bytes.some((byte) => byte !== 0))
      throw new NotABundle(`${place} holds bytes between its files or behind its end, where a .tar has none`);
  }
}
