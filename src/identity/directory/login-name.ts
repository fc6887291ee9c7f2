import { errors } from '../../core/index.js';

const MAX_LOGIN = 128;
const LOGIN = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]*$/u;

/** Logins are the same when people can't tell them apart by case or by how their letters are encoded. */
export const normalizeLogin = (text: string): string => text.normalize('NFKC').toLowerCase();

/** The login in its one spelling. Names of the system's own accounts can't be taken. */
export function loginName(text: string): string {
  const login = normalizeLogin(text);
  if (login.length > MAX_LOGIN || !LOGIN.test(login)) {
    throw errors.invalid(
      'invalid-login',
      `a login has 1 to ${MAX_LOGIN} letters, digits and . _ @ + - and starts with a letter or digit`,
      'login',
    );
  }
  if (/^(svc|unverified)-/.test(login))
    throw errors.invalid('reserved-login', 'logins that start with svc- or unverified- belong to the system', 'login');
  return login;
}
