import { createHmac, hash, randomBytes } from 'node:crypto';

const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits: nothing to guess, so a plain SHA-256 of it is enough to know it again. */
export const newSessionSecret = (): string => randomBytes(32).toString('base64url');

export const isSessionSecret = (text: string): boolean => SECRET.test(text);

export const sessionDigest = (secret: string): Buffer => hash('sha256', secret, 'buffer');

/** Follows from the session, so that it need not be kept, and tells nothing about the cookie. */
export const csrfToken = (key: Buffer, sessionId: string): string =>
  createHmac('sha256', key).update(sessionId).digest('base64url');
