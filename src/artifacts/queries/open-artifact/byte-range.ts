import { Readable } from 'node:stream';

/** First and last byte, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The one range that a `Range` header asks for (RFC 9110, 14.2); `undefined` for all of it, also when the
 * header is none that we know or asks for several: a server may ignore it then.
 */
export function byteRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(size - 1, Number(last));
  return start > end ? 'unsatisfiable' : { start, end };
}

/** Takes a range out of a stream, and reads no further. */
export function sliced(stream: Readable, { start, end }: ByteRange): Readable {
  const pieces = async function* () {
    let at = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const piece = chunk.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at));
      if (piece.length > 0) yield piece;
      at += chunk.length;
      if (at > end) return;
    }
  };
  return Readable.from(pieces(), { objectMode: false });
}
