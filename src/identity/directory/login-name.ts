import { errors } from '../../core/index.js';

const MAX_LOGIN = 128;
const LOGIN = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]*$/u;

const RESERVED = new Set(['me', 'system', 'custody']);
/** Scripts whose letters are taken for one another's. */
const ALIKE = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Coptic'].map(
  (name) => new RegExp(`\\p{Script=${name}}`, 'u'),
);

/** A Cyrillic а among Latin letters is another login for a program, and the same one for a person (UTS #39 §5.1). */
const ofOneScript = (login: string): boolean => ALIKE.filter((script) => script.test(login)).length <= 1;

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
  if (!ofOneScript(login))
    throw errors.invalid(
      'invalid-login',
      'the letters of a login are of one script: others may look the same',
      'login',
    );
  if (RESERVED.has(login)) throw errors.invalid('reserved-login', `the login ${login} belongs to the system`, 'login');
  if (/^(svc|unverified)-/.test(login))
    throw errors.invalid('reserved-login', 'logins that start with svc- or unverified- belong to the system', 'login');
  return login;
}
