import { isTokenSecret, TOKEN_PREFIX } from '../credentials/token-secret.js';

const MAX_HEADER = 4096;
/** Tokens of a provider name all groups of a person. */
const MAX_JWT = 16 * 1024;
const JWT = /^bearer +([\w-]+\.[\w-]+\.[\w-]*) *$/i;
/** More than any login: a longer one is cut before it is recorded. */
const MAX_CLAIM = 256;

export type Presented =
  | { readonly kind: 'password'; readonly method: 'basic'; readonly login: string; readonly password: string }
  | { readonly kind: 'token'; readonly method: 'basic' | 'bearer'; readonly secret: string; readonly login?: string }
  | { readonly kind: 'jwt'; readonly method: 'bearer'; readonly secret: string }
  | { readonly kind: 'malformed'; readonly method: 'basic' | 'bearer' | 'none' };

/**
 * What an `Authorization` header (RFC 9110 §11.6.2) presents. A token may come as Bearer, and as Basic
 * password too, for clients that know nothing but a user name and a password.
 */
export function presented(header: string): Presented {
  const jwt = header.length <= MAX_JWT ? JWT.exec(header) : null;
  if (jwt) return { kind: 'jwt', method: 'bearer', secret: jwt[1]! };
  const match = /^(basic|bearer) +(\S+) *$/i.exec(header.length <= MAX_HEADER ? header : '');
  if (!match)
    return {
      kind: 'malformed',
      method: /^basic\b/i.test(header) ? 'basic' : /^bearer\b/i.test(header) ? 'bearer' : 'none',
    };
  const credentials = match[2]!;
  return match[1]!.toLowerCase() === 'bearer' ? bearer(credentials) : basic(credentials);
}

function bearer(secret: string): Presented {
  return isTokenSecret(secret) ? { kind: 'token', method: 'bearer', secret } : { kind: 'malformed', method: 'bearer' };
}

function basic(base64: string): Presented {
  const text = Buffer.from(base64, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 0) return { kind: 'malformed', method: 'basic' };
  const [login, password] = [text.slice(0, colon), text.slice(colon + 1)];
  if (!password.startsWith(TOKEN_PREFIX)) return { kind: 'password', method: 'basic', login, password };
  return isTokenSecret(password)
    ? { kind: 'token', method: 'basic', secret: password, login }
    : { kind: 'malformed', method: 'basic' };
}

/** The login that a client claims, short enough to record. */
export const claim = (login: string | undefined): string | undefined =>
  login ? login.toWellFormed().slice(0, MAX_CLAIM) : undefined;
