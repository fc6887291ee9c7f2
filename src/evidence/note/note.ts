import { NoteError } from './note-error.js';
import { decodeStrict, isKeyName } from './text.js';

/** Who can tell a good signature of one key. */
export interface NoteVerifier {
  readonly name: string;
  readonly keyId: number;
  verify(text: Buffer, signature: Buffer): boolean;
}

export interface NoteSigner {
  readonly name: string;
  readonly keyId: number;
  sign(text: Buffer): Buffer;
}

export interface SignatureLine {
  readonly name: string;
  readonly keyId: number;
  /** Without the key id. */
  readonly signature: Buffer;
}

export interface OpenedNote {
  /** With its last newline, as it was signed. */
  readonly text: string;
  readonly verified: readonly { readonly name: string; readonly keyId: number }[];
  /** Signatures of keys that nobody here knows: neither good nor bad. */
  readonly unknown: readonly SignatureLine[];
}

const DASH = '\u2014 ';
/** More than any quorum of witnesses needs; bounds the work for a note from outside. */
const MAX_SIGNATURES = 100;
const MAX_NOTE_BYTES = 1_000_000;

/** `text` ends with a newline and holds no control character. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  assertText(text);
  const bytes = Buffer.from(text);
  const lines = signers.map((signer) => signatureLine({ ...named(signer), signature: signer.sign(bytes) }));
  return `${text}\n${lines.join('')}`;
}

/** Puts further signature lines under a note. Lines that it has already are not repeated. */
export function addSignatures(note: string, ...lines: readonly string[]): string {
  const { signatures } = splitNote(note);
  const known = new Set(signatures.map(signatureLine));
  let all = note;
  for (const line of lines) {
    const canonical = signatureLine(parseLine(line.endsWith('\n') ? line.slice(0, -1) : line));
    if (!known.has(canonical)) all += canonical;
    known.add(canonical);
  }
  return all;
}

/**
 * The text of a note that at least one of the verifiers vouches for.
 * @throws NoteError when it is malformed, a known key's signature is wrong, or no known key has signed
 */
export function openNote(note: string | Uint8Array, verifiers: readonly NoteVerifier[]): OpenedNote {
  const { text, signatures } = splitNote(note);
  const bytes = Buffer.from(text);
  const verified = new Map<string, { name: string; keyId: number }>();
  const unknown: SignatureLine[] = [];
  for (const line of signatures) {
    const verifier = verifiers.find(({ name, keyId }) => name === line.name && keyId === line.keyId);
    if (!verifier) {
      unknown.push(line);
    } else if (verifier.verify(bytes, line.signature)) {
      verified.set(`${line.name}+${line.keyId}`, named(line));
    } else {
      throw new NoteError('bad-signature', `the signature of ${keyLabel(line)} does not fit the text`);
    }
  }
  if (verified.size > 0) return { text, verified: [...verified.values()], unknown };
  const signers = unknown.map(keyLabel).join(', ');
  throw new NoteError('no-known-key', `no known key has signed the note, only ${signers}`);
}

/** Text and signature lines of a note, with nothing verified. @throws NoteError when it is malformed */
export function splitNote(note: string | Uint8Array): { text: string; signatures: readonly SignatureLine[] } {
  const whole = typeof note === 'string' ? note : decoded(note);
  if (!whole.isWellFormed()) throw malformed('it is no valid UTF-8');
  if (Buffer.byteLength(whole) > MAX_NOTE_BYTES) throw malformed(`it is longer than ${MAX_NOTE_BYTES} bytes`);
  // The text may hold empty lines; signatures come after the last one.
  const end = whole.lastIndexOf('\n\n');
  if (end < 0) throw malformed('no empty line parts the text from the signatures');
  const text = whole.slice(0, end + 1);
  assertText(text);
  const rest = whole.slice(end + 2);
  if (rest === '') throw malformed('it has no signature');
  if (!rest.endsWith('\n')) throw malformed('its last line does not end');
  const lines = rest.slice(0, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw malformed(`it has more than ${MAX_SIGNATURES} signatures`);
  return { text, signatures: lines.map(parseLine) };
}

/** `— name base64\n` */
export function signatureLine({ name, keyId, signature }: SignatureLine): string {
  const id = Buffer.alloc(4);
  id.writeUInt32BE(keyId);
  return `${DASH}${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/** One signature line, without its newline. @throws NoteError */
export function parseLine(line: string): SignatureLine {
  const [name, base64, ...more] = line.startsWith(DASH) ? line.slice(DASH.length).split(' ') : [];
  if (name === undefined || base64 === undefined || more.length > 0 || !isKeyName(name)) {
    throw malformed('a line after the text is no signature');
  }
  const blob = decodeStrict(base64);
  // Four bytes of key id and at least one of signature.
  if (!blob || blob.length < 5) throw malformed('a signature is no base64 of a key id and a signature');
  return { name, keyId: blob.readUInt32BE(0), signature: blob.subarray(4) };
}

function assertText(text: string): void {
  if (!text.isWellFormed()) throw malformed('it is no valid UTF-8');
  if (!text.endsWith('\n')) throw malformed('its text does not end with a newline');
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) throw malformed('it holds a control character');
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed('it is no valid UTF-8');
  }
}

const named = ({ name, keyId }: { readonly name: string; readonly keyId: number }) => ({ name, keyId });
const keyLabel = ({ name, keyId }: SignatureLine): string => `${name}+${keyId.toString(16).padStart(8, '0')}`;
const malformed = (why: string): NoteError => new NoteError('malformed', `this is no signed note: ${why}`);
