/** POSIX tar (ustar): a header of 512 bytes, the file, zeros up to the next multiple of 512. */
export const BLOCK = 512;

export interface TarHeader {
  readonly path: string;
  readonly size: number;
  readonly kind: 'file' | 'folder' | 'long-path' | 'attributes' | 'other-attributes' | 'other';
}

const CHECKSUM_AT = 148;
const CHECKSUM_LENGTH = 8;
/** 11 octal digits. */
export const MOST_BYTES = 8 ** 11 - 1;

const NAME = 100;
const LONG_PATH = '././@LongLink';

/** The same bytes for the same file: no times, no owners. A path that has no room goes before it, as GNU tar does it. */
export function headerOf(path: string, size: number): Buffer {
  const bytes = Buffer.from(path);
  if (bytes.length <= NAME) return header(bytes, size, '0');
  const text = Buffer.concat([bytes, Buffer.alloc(1 + paddingOf(bytes.length + 1))]);
  return Buffer.concat([
    header(Buffer.from(LONG_PATH), bytes.length + 1, 'L'),
    text,
    header(bytes.subarray(0, NAME), size, '0'),
  ]);
}

function header(name: Buffer, size: number, flag: string): Buffer {
  const header = Buffer.alloc(BLOCK);
  name.copy(header);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write(flag, 156);
  header.write('ustar\u000000', 257);
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, CHECKSUM_AT);
  return header;
}

/** `undefined` for a block of zeros, which ends an archive; a text says what is wrong with the header. */
export function decodeHeader(block: Buffer): TarHeader | string | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const sum = /^([0-7]{6})\0 $/.exec(block.toString('latin1', CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_LENGTH))?.[1];
  if (sum === undefined || parseInt(sum, 8) !== checksum(block)) return 'a header whose checksum is wrong';
  const size = /^([0-7]{11})[\0 ]$/.exec(block.toString('latin1', 124, 136))?.[1];
  if (size === undefined) return 'a header without a size that can be read';
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block, 345, 500) : '';
  const name = text(block, 0, 100);
  return { path: prefix === '' ? name : `${prefix}/${name}`, size: parseInt(size, 8), kind: kindOf(block[156]!) };
}

function kindOf(flag: number): TarHeader['kind'] {
  switch (String.fromCharCode(flag)) {
    case '0':
    case '\0':
      return 'file';
    case '5':
      return 'folder';
    case 'L':
      return 'long-path';
    case 'x':
      return 'attributes';
    // For all files: times and owners, as some programs write them.
    case 'g':
      return 'other-attributes';
    default:
      return 'other';
  }
}

function text(block: Buffer, from: number, to: number): string {
  const end = block.indexOf(0, from);
  return block.toString('utf8', from, end < 0 || end > to ? to : end);
}

/** Of all bytes, those of the checksum taken for spaces. */
function checksum(block: Buffer): number {
  let sum = CHECKSUM_LENGTH * 0x20;
  for (let at = 0; at < BLOCK; at++) if (at < CHECKSUM_AT || at >= CHECKSUM_AT + CHECKSUM_LENGTH) sum += block[at]!;
  return sum;
}

export const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;
