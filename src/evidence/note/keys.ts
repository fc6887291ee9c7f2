import { createHash, createPrivateKey, createPublicKey, KeyObject, sign, verify } from 'node:crypto';
import { NoteSigner, NoteVerifier } from './note.js';
import { NoteError } from './note-error.js';
import { decodeStrict, isKeyName } from './text.js';

/** The type byte of a plain Ed25519 key (C2SP signed-note). */
export const ED25519 = 0x01;
const KEY_BYTES = 32;
const PRIVATE = 'PRIVATE+KEY+';

export interface Ed25519Signer extends NoteSigner {
  /** The public half, for whoever verifies. */
  readonly vkey: string;
}

/** First four bytes of SHA-256(name, newline, type, public key). */
export function keyIdOf(name: string, type: number, publicKey: Buffer): number {
  return createHash('sha256').update(`${name}\n`).update(Buffer.of(type)).update(publicKey).digest().readUInt32BE(0);
}

export const formatVkey = (name: string, type: number, publicKey: Buffer): string =>
  `${name}+${hex(keyIdOf(name, type, publicKey))}+${Buffer.concat([Buffer.of(type), publicKey]).toString('base64')}`;

/** Name, type and key of a vkey of any type whose key has 32 bytes. @throws NoteError */
export function readVkey(vkey: string): { name: string; keyId: number; type: number; publicKey: Buffer } {
  const { name, id, bytes } = fields(vkey, 'verifier key');
  const [type, publicKey] = [bytes[0]!, bytes.subarray(1)];
  if (publicKey.length !== KEY_BYTES) throw badKey('a verifier key does not have 32 bytes');
  const keyId = keyIdOf(name, type, publicKey);
  if (hex(keyId) !== id) throw badKey(`the key id of ${name} does not fit its key`);
  return { name, keyId, type, publicKey };
}

/** A plain Ed25519 verifier from `name+id+base64`. @throws NoteError */
export function parseVkey(vkey: string): NoteVerifier {
  const { name, keyId, type, publicKey } = readVkey(vkey);
  if (type !== ED25519)
    throw badKey(`the key of ${name} is of type ${type}, and only plain Ed25519 (1) can verify here`);
  const key = ed25519PublicKey(publicKey);
  return { name, keyId, verify: (text, signature) => verifyEd25519(text, key, signature) };
}

/** A signer whose private key is this seed. */
export function ed25519Signer(name: string, seed: Buffer): Ed25519Signer {
  if (!isKeyName(name)) throw badKey('the name of a key is not empty, and has no spaces and no plus');
  const { key, publicKey } = ed25519KeyPair(seed);
  const keyId = keyIdOf(name, ED25519, publicKey);
  return { name, keyId, vkey: formatVkey(name, ED25519, publicKey), sign: (text) => sign(null, text, key) };
}

/** From Go's text `PRIVATE+KEY+name+id+base64`. @throws NoteError, which never quotes it */
export function parseSigningKey(text: string): Ed25519Signer {
  if (!text.startsWith(PRIVATE)) throw badKey(`a signing key begins with ${PRIVATE}`);
  const { name, id, bytes } = fields(text.slice(PRIVATE.length), 'signing key');
  if (bytes[0] !== ED25519 || bytes.length !== 1 + KEY_BYTES) throw badKey('a signing key is no Ed25519 seed');
  const signer = ed25519Signer(name, bytes.subarray(1));
  if (hex(signer.keyId) !== id) throw badKey(`the key id of ${name} does not fit its signing key`);
  return signer;
}

/** Go's text for a private key: what the key file holds. */
export function formatSigningKey(name: string, seed: Buffer): string {
  const { keyId } = ed25519Signer(name, seed);
  return `${PRIVATE}${name}+${hex(keyId)}+${Buffer.concat([Buffer.of(ED25519), seed]).toString('base64')}`;
}

export const verifyEd25519 = (message: Buffer, key: KeyObject, signature: Buffer): boolean =>
  signature.length === 64 && verify(null, message, key, signature);

export const ed25519PublicKey = (raw: Buffer): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });

export function ed25519KeyPair(seed: Buffer): { key: KeyObject; publicKey: Buffer } {
  if (seed.length !== KEY_BYTES) throw badKey('an Ed25519 seed has 32 bytes');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x!, 'base64url');
  return { key, publicKey };
}

/** The DER header of a PKCS #8 Ed25519 key; the seed follows (RFC 8410 §7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Base64 may itself hold a plus, so only the first two part the fields. */
function fields(text: string, what: string): { name: string; id: string; bytes: Buffer } {
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(text);
  const bytes = match && decodeStrict(match[3]!);
  if (!match || !bytes || bytes.length < 2 || !isKeyName(match[1]!)) {
    throw badKey(`a ${what} has the form name+id+key, with 8 hex digits and base64`);
  }
  return { name: match[1]!, id: match[2]!, bytes };
}

const hex = (keyId: number): string => keyId.toString(16).padStart(8, '0');
const badKey = (why: string): NoteError => new NoteError('bad-key', why);
