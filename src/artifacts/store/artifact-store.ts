import { Readable } from 'node:stream';

export interface PutOptions {
  /** A body longer than this is refused (`artifact-too-large`) and leaves nothing behind. */
  readonly maxBytes?: number;
}

export interface StoredBytes {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly size: number;
}

/**
 * Bytes by their SHA-256, each once. What they are called and which run they belong to is in the log
 * only. An abstract class, so that it can be asked for by dependency injection.
 */
export abstract class ArtifactStore {
  /** Resolves once the bytes are durable. A body that breaks off leaves nothing behind. */
  abstract put(body: Readable | Buffer, options?: PutOptions): Promise<StoredBytes>;
  /**
   * The bytes, digested while they stream: the stream errors (`artifact-damaged`) instead of ending when
   * they are not what was stored. Rejects with `artifact-missing` when they are not there.
   */
  abstract open(sha256: string): Promise<Readable>;
  /** All the bytes at once, verified; for what must be small. */
  abstract read(sha256: string, maxBytes?: number): Promise<Buffer>;
  abstract has(sha256: string): Promise<boolean>;
}
