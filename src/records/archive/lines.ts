/** More than the largest event takes, with its envelope, however it is escaped. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * Texts between line feeds, and nothing else: JSON may hold other characters that Node's `readline` takes for the end
 * of a line (U+2028). `undefined` for a line that is longer than any can be.
 */
export async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<string | undefined> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body) {
    let from = 0;
    for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, from)) {
      yield Buffer.concat([...held, piece.subarray(from, at)]).toString();
      [held, bytes, from] = [[], 0, at + 1];
    }
    const rest = piece.subarray(from);
    bytes += rest.length;
    if (bytes > MAX_LINE_BYTES) {
      yield undefined;
      return;
    }
    if (rest.length > 0) held.push(rest);
  }
  if (held.length > 0) yield Buffer.concat(held).toString();
}
