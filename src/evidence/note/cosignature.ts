import { sign } from 'node:crypto';
import {
  ed25519KeyPair,
  ed25519PublicKey,
  type Ed25519Signer,
  formatVkey,
  keyIdOf,
  readVkey,
  verifyEd25519,
} from './keys.js';
import { NoteVerifier } from './note.js';
import { NoteError } from './note-error.js';
import { isKeyName } from './text.js';

/** The type byte of an Ed25519 key that says when it signed (C2SP tlog-cosignature). */
export const COSIGNATURE = 0x04;

const TIME_BYTES = 8;
const LATEST = 2n ** 63n - 1n;

/**
 * Signs that, at this time, this was the largest tree of the log that it has seen, and that it continued all
 * earlier ones. The key is no log's key: the same bytes signed as one never verify as the other.
 */
export function cosigner(name: string, seed: Buffer, unixSeconds: () => number): Ed25519Signer {
  if (!isKeyName(name)) {
    throw new NoteError('bad-key', 'the name of a witness is not empty, and has no spaces and no plus');
  }
  const { key, publicKey } = ed25519KeyPair(seed);
  return {
    name,
    keyId: keyIdOf(name, COSIGNATURE, publicKey),
    vkey: formatVkey(name, COSIGNATURE, publicKey),
    sign: (text) => {
      const time = Buffer.alloc(TIME_BYTES);
      time.writeBigUInt64BE(BigInt(unixSeconds()));
      return Buffer.concat([time, sign(null, message(time.readBigUInt64BE(), text), key)]);
    },
  };
}

/** A witness's key, `name+id+base64` of type 4. @throws NoteError */
export function parseCosignerVkey(vkey: string): NoteVerifier {
  const { name, keyId, type, publicKey } = readVkey(vkey);
  if (type !== COSIGNATURE) {
    throw new NoteError(
      'bad-key',
      `the key of ${name} is of type ${type}, and witnesses sign with type ${COSIGNATURE}`,
    );
  }
  const key = ed25519PublicKey(publicKey);
  return {
    name,
    keyId,
    verify: (text, signature) => {
      const time = timeOf(signature);
      return time !== undefined && verifyEd25519(message(time, text), key, signature.subarray(TIME_BYTES));
    },
  };
}

/** When a cosignature says that it was made, in seconds since 1970; nothing when it is none. Trust it only once verified. */
export function cosignatureTime(signature: Buffer): number | undefined {
  const time = timeOf(signature);
  return time === undefined ? undefined : Number(time);
}

function timeOf(signature: Buffer): bigint | undefined {
  if (signature.length !== TIME_BYTES + 64) return undefined;
  const time = signature.readBigUInt64BE();
  return time <= LATEST ? time : undefined;
}

const message = (time: bigint, text: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`cosignature/v1\ntime ${time}\n`), text]);
