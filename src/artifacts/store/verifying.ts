import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { DamagedBytes } from './store-errors.js';

const CHUNK = 1024 * 1024;

/**
 * Passes bytes on while it digests them, one chunk behind: the last chunk goes out only when the digest
 * of all is right. So a reader that knows the length never takes damaged bytes for complete ones.
 */
export function verifying(sha256: string): Transform {
  const hash = createHash('sha256');
  let held: Buffer | undefined;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      const ready = held;
      held = chunk;
      done(null, ready);
    },
    flush(done) {
      const actual = hash.digest('hex');
      if (actual === sha256) done(null, held);
      else done(new DamagedBytes(sha256, actual));
    },
  });
}

/** Reads a whole file in constant memory. @throws DamagedBytes when it is not what its name says */
export async function verifyFile(handle: FileHandle, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, position);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  assertDigest(hash.digest('hex'), sha256);
}

export function verifyBytes(bytes: Buffer, sha256: string): Buffer {
  assertDigest(createHash('sha256').update(bytes).digest('hex'), sha256);
  return bytes;
}

function assertDigest(actual: string, sha256: string): void {
  if (actual !== sha256) throw new DamagedBytes(sha256, actual);
}
