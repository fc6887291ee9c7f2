import { Readable } from 'node:stream';
import { tooLarge } from './store-errors.js';

export interface PutOptions {
  /** A body longer than this is refused (`artifact-too-large`) and leaves nothing behind. */
  readonly maxBytes?: number;
  /** What the sender says that it sends: too much is refused before a byte is read, anything else at the end. */
  readonly declaredBytes?: number;
}

export interface StoredBytes {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly size: number;
}

const MAX_READ = 256 * 1024 * 1024;

/**
 * Bytes by their SHA-256, each once. What they are called and which run they belong to is in the log
 * only. An abstract class, so that it can be asked for by dependency injection. Every adapter passes
 * `contract/artifact-store.ts`.
 */
export abstract class ArtifactStore {
  /**
   * Resolves once the bytes are durable. A body that breaks off leaves nothing behind. A body that is
   * refused is read no further, but not destroyed: its owner may still have to answer on the same socket.
   */
  abstract put(body: Readable | Buffer, options?: PutOptions): Promise<StoredBytes>;
  /**
   * The bytes, once all of them were seen to have this digest; they are digested again while they stream,
   * and the stream errors (`artifact-damaged`) instead of ending when they changed in between. Rejects with
   * `artifact-damaged` or `artifact-missing` before the first byte is out.
   */
  abstract open(sha256: string): Promise<Readable>;
  abstract has(sha256: string): Promise<boolean>;

  /** Removes what processes that died left in the making; never what a living one still needs. */
  abstract clean(): Promise<void>;
  abstract close(): void;

  /** All the bytes at once, verified; for what must be small. */
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
}
