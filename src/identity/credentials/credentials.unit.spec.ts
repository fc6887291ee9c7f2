import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { hashPassword, unmatchableHash, verifyPassword } from './argon2.js';
import { oneTimePassword, weakness } from './password-rules.js';
import { isTokenSecret, newTokenSecret, tokenDigest } from './token-secret.js';
import { Turnstile } from './turnstile.js';

describe('password hashes', () => {
  const pepper = randomBytes(32);

  it('are Argon2id in the PHC format, with at least OWASP’s parameters', async () => {
    const stored = await hashPassword('correct horse battery', pepper);
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await verifyPassword('correct horse battery', pepper, stored)).toBe(true);
    expect(await verifyPassword('correct horse batterz', pepper, stored)).toBe(false);
  });

  it('can’t be tried out without the pepper', async () => {
    const stored = await hashPassword('correct horse battery', pepper);
    expect(await verifyPassword('correct horse battery', randomBytes(32), stored)).toBe(false);
  });

  it('take the same letters in another encoding', async () => {
    const stored = await hashPassword('caf\u00e9 au lait!', pepper);
    expect(await verifyPassword('cafe\u0301 au lait!', pepper, stored)).toBe(true);
  });

  it('of nobody match nothing', async () => {
    expect(await verifyPassword('', pepper, unmatchableHash())).toBe(false);
  });

  it('in another format are an error, not a mismatch', async () => {
    await expect(verifyPassword('x', pepper, '$2b$10$abc')).rejects.toThrow(/PHC/);
  });
});

describe('password rules', () => {
  it.each([
    ['too short', 'eleven char', 'at least 12'],
    ['too long', 'x'.repeat(257), 'at most 256'],
    ['the login', 'Ada.Lovelace@Lab', 'not the login'],
    ['like a token', 'cst_aaaaaaaaaaaaaa', 'does not start with cst_'],
    ['one character again and again', 'aaaaaaaaaaaaaaaa', 'different'],
    ['broken Unicode', 'aaaaaaaaaaaa\ud800', 'well-formed'],
  ])('refuse one that is %s', (_, password, message) => {
    expect(weakness(password, 'ada.lovelace@lab', 'new')).toMatchObject({
      kind: 'invalid',
      code: 'weak-password',
      field: 'new',
      message: expect.stringContaining(message),
    });
  });
  it('count characters, not bytes', () => {
    expect(weakness('🧪🔬🧫🧬💧🧪🔬🧫🧬💧🧪🔬', 'ada', 'new')).toBeUndefined();
    expect(weakness('🧪🔬🧫🧬💧🧪', 'ada', 'new')).toMatchObject({ code: 'weak-password' });
  });
  it('are kept by every one-time password, each of its own', () => {
    const made = Array.from({ length: 50 }, oneTimePassword);
    expect(made.map((password) => weakness(password, 'ada', 'new'))).toEqual(made.map(() => undefined));
    expect(new Set(made).size).toBe(50);
  });
});

describe('token secrets', () => {
  it('are recognizable and each its own', () => {
    const [one, two] = [newTokenSecret(), newTokenSecret()];
    expect(isTokenSecret(one)).toBe(true);
    expect(isTokenSecret(one.slice(0, -1))).toBe(false);
    expect(tokenDigest(one)).not.toEqual(tokenDigest(two));
    expect(tokenDigest(one)).toHaveLength(32);
  });
});

describe('the turnstile', () => {
  it('lets so many in at once, queues so many and refuses the rest', async () => {
    const turnstile = new Turnstile(2, 2);
    const inside: (() => void)[] = [];
    const work = () => turnstile.pass(() => new Promise<void>((resolve) => inside.push(resolve)));
    const passing = [work(), work(), work(), work()];
    await expect(work()).rejects.toMatchObject({ kind: 'limit', code: 'too-many-sign-ins' });
    expect(inside).toHaveLength(2);
    for (let left = 0; left < 4; left++) {
      inside[left]!();
      await passing[left];
      await new Promise(setImmediate);
    }
    await expect(turnstile.pass(async () => 'free again')).resolves.toBe('free again');
  });

  it('frees its place when the work fails', async () => {
    const turnstile = new Turnstile(1, 0);
    await expect(turnstile.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(turnstile.pass(async () => 1)).resolves.toBe(1);
  });
});
