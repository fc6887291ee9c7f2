import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';

/** OWASP's first choice for Argon2id: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;
const SALT_BYTES = 16;

interface Parameters {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

const CURRENT: Parameters = { memory: MEMORY_KIB, passes: PASSES, parallelism: LANES };
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,128})\$([A-Za-z0-9+/]{32,128})$/;

/** The PHC string of an Argon2id hash. `pepper` is a secret kept elsewhere: a stolen hash alone can't be tried out. */
export async function hashPassword(password: string, pepper: Buffer): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return phc(salt, await derive(password, salt, pepper, CURRENT, TAG_BYTES));
}

export async function verifyPassword(password: string, pepper: Buffer, stored: string): Promise<boolean> {
  const match = PHC.exec(stored);
  if (!match) throw new Error('a stored password hash is not in the PHC format of Argon2id');
  const [, memory, passes, parallelism, salt, tag] = match;
  const expected = Buffer.from(tag!, 'base64');
  const parameters = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  return timingSafeEqual(
    await derive(password, Buffer.from(salt!, 'base64'), pepper, parameters, expected.length),
    expected,
  );
}

/** A hash that no password has; checking against it takes as long as against a real one. */
export const unmatchableHash = (): string => phc(randomBytes(SALT_BYTES), randomBytes(TAG_BYTES));

const phc = (salt: Buffer, tag: Buffer): string =>
  `$argon2id$v=19$m=${CURRENT.memory},t=${CURRENT.passes},p=${CURRENT.parallelism}$${unpadded(salt)}$${unpadded(tag)}`;

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

function derive(
  password: string,
  nonce: Buffer,
  secret: Buffer,
  parameters: Parameters,
  tagLength: number,
): Promise<Buffer> {
  // NFKC, as NIST SP 800-63B asks: the same letters typed on another keyboard are the same password.
  const message = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message, nonce, secret, tagLength, ...parameters }, (error, tag) =>
      error ? reject(error) : resolve(tag),
    );
  });
}
