import type { Hash } from 'node:crypto';

const NEWLINE = 0x0a;

/**
 * The lines of a file, without their newlines, each at most `atMost` bytes; a longer one is told and passed over. A last
 * line that does not end is a line too: what is cut off in it shows. `digest` gets all bytes.
 */
export async function* linesOf(
  pieces: AsyncIterable<Buffer>,
  atMost: number,
  digest: Hash,
): AsyncGenerator<Buffer | 'too-long'> {
  let held: Buffer[] = [];
  let bytes = 0;
  const line = (last: Buffer): Buffer | 'too-long' => {
    const whole = bytes + last.length > atMost ? 'too-long' : held.length === 0 ? last : Buffer.concat([...held, last]);
    held = [];
    bytes = 0;
    return whole;
  };
  for await (const piece of pieces) {
    digest.update(piece);
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      yield line(piece.subarray(from, end));
      from = end + 1;
    }
    const rest = piece.subarray(from);
    if (bytes <= atMost && rest.length > 0) held.push(rest);
    bytes += rest.length;
  }
  if (bytes > 0) yield line(Buffer.alloc(0));
}
