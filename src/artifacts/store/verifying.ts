import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { errors } from '../../core/index.js';

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
      else done(damaged(sha256, actual));
    },
  });
}

const damaged = (expected: string, actual: string) =>
  errors.unavailable(
    'artifact-damaged',
    `stored bytes are damaged: their SHA-256 is ${actual}, recorded is ${expected}; restore them from a backup`,
  );
