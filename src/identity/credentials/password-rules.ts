import { randomInt } from 'node:crypto';
import { CustodyError, errors } from '../../core/index.js';
import { normalizeLogin } from '../directory/login-name.js';
import { TOKEN_PREFIX } from './token-secret.js';

export const MIN_PASSWORD = 12;
export const MAX_PASSWORD = 256;
const DIFFERENT = 5;

/** Length is what counts; the login is the first thing that anybody tries. */
export function weakness(password: string, login: string | undefined, field: string): CustodyError | undefined {
  const weak = (message: string) => errors.invalid('weak-password', message, field);
  const length = [...password].length;
  if (length < MIN_PASSWORD) return weak(`a password has at least ${MIN_PASSWORD} characters`);
  if (length > MAX_PASSWORD) return weak(`a password has at most ${MAX_PASSWORD} characters`);
  if (!password.isWellFormed()) return weak('a password is well-formed Unicode');
  if (new Set(password).size < DIFFERENT) return weak(`a password has at least ${DIFFERENT} different characters`);
  if (password.startsWith(TOKEN_PREFIX)) return weak(`a password does not start with ${TOKEN_PREFIX}: tokens do`);
  if (login !== undefined && normalizeLogin(password) === login) return weak('a password is not the login');
  return undefined;
}

/** Without letters and digits that people mix up. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Five groups of four, 99 bits: to be typed once. */
export function oneTimePassword(): string {
  const group = () => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: 5 }, group).join('-');
}
