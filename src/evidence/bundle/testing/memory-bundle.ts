import { UnreadableFile } from '../bundle-error.js';
import { BundleFiles, inOrder } from '../bundle-files.js';
import { BundleSink, BundleStream } from '../bundle-sink.js';

/** A bundle in memory, for tests that change one: written as a sink, read as files. */
export class MemoryBundle implements BundleFiles, BundleSink {
  readonly place = 'memory';
  readonly files = new Map<string, Buffer>();

  static of(files: Iterable<readonly [string, Buffer]>): MemoryBundle {
    const bundle = new MemoryBundle();
    for (const [path, bytes] of files) bundle.files.set(path, bytes);
    return bundle;
  }

  get sizes(): ReadonlyMap<string, number> {
    return inOrder([...this.files].map(([path, bytes]) => [path, bytes.length]));
  }

  async read(path: string, atMost: number): Promise<Buffer | undefined> {
    const bytes = this.files.get(path);
    if (bytes && bytes.length > atMost) throw new UnreadableFile(path, 'is larger than such a file can be');
    return bytes;
  }

  async *stream(path: string): AsyncIterable<Buffer> {
    const bytes = this.files.get(path);
    if (bytes) yield bytes;
  }

  async put(path: string, bytes: Uint8Array): Promise<void> {
    this.files.set(path, Buffer.from(bytes));
  }

  async begin(path: string): Promise<BundleStream> {
    const pieces: Uint8Array[] = [];
    return {
      write: async (bytes) => void pieces.push(Buffer.from(bytes)),
      end: () => this.put(path, Buffer.concat(pieces)),
    };
  }

  async close(): Promise<void> {}
  async finish(): Promise<void> {}
  async abandon(): Promise<void> {
    this.files.clear();
  }
}
