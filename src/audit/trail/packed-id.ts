import { PackedId } from './table.js';

const HYPHEN = 0x2d;
/** Of lower-case hexadecimal digits by their character code; negative for every other one. */
const DIGIT = Int8Array.from({ length: 128 }, (_, code) => '0123456789abcdef'.indexOf(String.fromCharCode(code)));

/**
 * 16 bytes instead of 36 for what is a UUID in its canonical form; other ids stay as they are. By hand,
 * because every event brings two or more, and a pattern, slices and a conversion take three times as long.
 */
export function packId(id: string): PackedId {
  if (id.length !== 36) return id;
  const packed = Buffer.allocUnsafe(16);
  let at = 0;
  for (let byte = 0; byte < 16; byte++) {
    if ((byte === 4 || byte === 6 || byte === 8 || byte === 10) && id.charCodeAt(at++) !== HYPHEN) return id;
    const high = DIGIT[id.charCodeAt(at++)] ?? -1;
    const low = DIGIT[id.charCodeAt(at++)] ?? -1;
    if (high < 0 || low < 0) return id;
    packed[byte] = high * 16 + low;
  }
  return packed;
}

export function unpackId(packed: PackedId): string {
  if (typeof packed === 'string') return packed;
  // A row that comes from a reader's thread has lost that its bytes were a Buffer.
  const hex = Buffer.from(packed).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
