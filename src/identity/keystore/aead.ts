import { createCipheriv, createDecipheriv, KeyObject, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM with a random IV: `iv`, and ciphertext followed by its tag. `about` is authenticated with it. */
export function encrypt(
  key: KeyObject,
  about: string,
  plain: Uint8Array,
): { readonly iv: Buffer; readonly body: Buffer } {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(about));
  return { iv, body: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]) };
}

/** @throws when the key, the bytes or what they are about is not the one they were made with */
export function decrypt(key: KeyObject, about: string, iv: Uint8Array, body: Uint8Array): Buffer {
  if (iv.length !== IV_BYTES || body.length < TAG_BYTES) throw new Error('too short for AES-GCM');
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(about));
  decipher.setAuthTag(body.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]);
}

/** A secret under the master key, as one blob. */
export function wrap(master: KeyObject, about: string, secret: Uint8Array): Buffer {
  const { iv, body } = encrypt(master, about, secret);
  return Buffer.concat([iv, body]);
}

export function unwrap(master: KeyObject, about: string, wrapped: Uint8Array): Buffer {
  return decrypt(master, about, wrapped.subarray(0, IV_BYTES), wrapped.subarray(IV_BYTES));
}

const VERSION = 'v1';

/** `v1.<iv>.<ciphertext+tag>`, base64url. */
export function sealBox(key: KeyObject, subject: string, plain: string): string {
  const { iv, body } = encrypt(key, subject, Buffer.from(plain));
  return `${VERSION}.${iv.toString('base64url')}.${body.toString('base64url')}`;
}

export function openBox(key: KeyObject, subject: string, box: string): string {
  const [version, iv, body, ...more] = box.split('.');
  if (version !== VERSION || iv === undefined || body === undefined || more.length > 0)
    throw new Error('not a box of version 1');
  return decrypt(key, subject, Buffer.from(iv, 'base64url'), Buffer.from(body, 'base64url')).toString();
}
