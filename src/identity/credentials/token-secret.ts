import { hash, randomBytes } from 'node:crypto';

export const TOKEN_PREFIX = 'cst_';
const TOKEN = /^cst_[A-Za-z0-9_-]{43}$/;

/** 256 random bits: nothing to guess, so a plain SHA-256 of it is enough to know it again. */
export const newTokenSecret = (): string => TOKEN_PREFIX + randomBytes(32).toString('base64url');

export const isTokenSecret = (text: string): boolean => TOKEN.test(text);

export const tokenDigest = (secret: string): Buffer => hash('sha256', secret, 'buffer');
