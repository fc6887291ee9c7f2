import { createPrivateKey, createPublicKey, generateKeyPairSync, KeyObject, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { algorithmOf, keyIdOf, publicPem, signBundle } from './bundle.js';

const READABLE_BY_OTHERS = 0o007;

/** The key can't be used, as a person has to put right. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}

/** The private key that the server signs models with. It never leaves this object. */
export class ModelSigningKey {
  readonly keyId: string;
  readonly publicKey: string;

  private constructor(
    private readonly key: KeyObject,
    readonly algorithm: string,
  ) {
    this.publicKey = publicPem(createPublicKey(key));
    this.keyId = keyIdOf(createPublicKey(key));
  }

  /** The key in this file (PEM); a new one on P-256 is made there when `make` and there is none. @throws SigningKeyError */
  static open(file: string, { make }: { readonly make: boolean }): ModelSigningKey {
    const found = read(file);
    if (found) return ModelSigningKey.of(found, file);
    if (!make) throw new SigningKeyError(`there is no key to sign models with at ${file} (CUSTODY_MODEL_SIGNING_KEY)`);
    create(file);
    return ModelSigningKey.of(read(file)!, file);
  }

  private static of(pem: string, file: string): ModelSigningKey {
    let key: KeyObject;
    try {
      key = createPrivateKey(pem);
    } catch {
      throw new SigningKeyError(`${file} holds no private key that can be read (PEM, no passphrase)`);
    }
    const algorithm = algorithmOf(key);
    if (algorithm === undefined)
      throw new SigningKeyError(`${file} must hold an EC key on the curve P-256, P-384 or P-521`);
    return new ModelSigningKey(key, algorithm);
  }

  sign(statement: Buffer): Buffer {
    return signBundle(statement, this.key);
  }
}

function read(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if (process.platform !== 'win32' && (stat.mode & READABLE_BY_OTHERS) !== 0)
    throw new SigningKeyError(`${file} can be read by every user of this machine: chmod 600 it`);
  return readFileSync(file, 'utf8');
}

/** Complete or not there: several servers may start at once on one folder, and each must take the same key. */
function create(file: string): void {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}-${randomBytes(6).toString('hex')}`;
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeSync(descriptor, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    fsyncSync(descriptor);
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(descriptor);
    rmSync(draft, { force: true });
  }
}
