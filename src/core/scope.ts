import { Brand } from './brand.js';
import { Role } from './envelope.js';
import { errors, never } from './errors.js';

/** A name in which `*` stands for any text and `?` for one character; nothing else is special. */
export type NamePattern = Brand<string, 'NamePattern'>;

/** Where a role holds: everywhere, for experiments (with their runs) or models by name, or for one of them whatever its name. */
export type Scope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'experiments'; readonly pattern: NamePattern }
  | { readonly kind: 'models'; readonly pattern: NamePattern }
  | { readonly kind: 'experiment'; readonly id: string }
  | { readonly kind: 'model'; readonly id: string };

/** A role that holds for some experiments or models only. */
export interface ScopedRole {
  readonly role: Role;
  readonly scope: Exclude<Scope, { kind: 'everything' }>;
}

/** The others are about the whole installation: its accounts, its trail, people's data. */
const SCOPED_ROLES: readonly Role[] = ['viewer', 'analyst', 'reviewer'];

/** Why a role can't hold there; `undefined` when it can. */
export const unscopable = (role: Role, { kind }: Scope): string | undefined =>
  kind === 'everything' || SCOPED_ROLES.includes(role)
    ? undefined
    : `${role} holds everywhere or not at all; by name: ${SCOPED_ROLES.join(', ')}`;

/** What a right must cover, by the name that it has now, and by its id where there is such a thing already. */
export interface Place {
  readonly kind: 'experiments' | 'models';
  readonly name: string;
  readonly id?: string;
}

const MAX_PATTERN = 256;

/** @throws CustodyError naming the field, also for what looks like a regular expression: it would not be one */
export function namePattern(text: string, field = 'pattern'): NamePattern {
  const refused = (why: string) => errors.invalid('pattern-invalid', `this is no name pattern: ${why}`, field);
  if (text === '') throw refused('it is empty; * stands for every name');
  if (text.length > MAX_PATTERN) throw refused(`it is longer than ${MAX_PATTERN} characters`);
  if (!text.isWellFormed() || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) throw refused('it holds a control character');
  const [special] = /[[\]{}()^$|+\\]|\.\*/.exec(text) ?? [];
  if (special !== undefined)
    throw refused(`it knows * (any text) and ? (one character) only, so write ? for a literal '${special}'`);
  return text as NamePattern;
}

/**
 * The pattern that stands for this very name and no other, whatever characters it has. Patterns that people
 * write hold no `[`, so that `[*]`, the character itself, can't be mistaken for anything of theirs.
 */
export const exactly = (name: string): NamePattern => name.replace(/[*?[]/g, '[$&]') as NamePattern;

/** The characters of a name that a pattern wants one after the other; `any` stands for one, `rest` for some. */
const parts = (pattern: NamePattern): readonly string[] => [...pattern.matchAll(/\[(.)\]|./gsu)].map(part);
const part = ([text, literal]: RegExpMatchArray): string =>
  literal ?? (text === '*' ? 'rest' : text === '?' ? 'any' : text);

/** Case counts, and no pattern takes longer than the product of the two lengths. */
export function matches(pattern: NamePattern, name: string): boolean {
  const [wanted, given] = [parts(pattern), [...name]];
  let [at, from, star, taken] = [0, 0, -1, 0];
  while (from < given.length) {
    if (at < wanted.length && wanted[at] === 'rest') {
      star = at++;
      taken = from;
    } else if (at < wanted.length && (wanted[at] === 'any' || wanted[at] === given[from])) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++taken;
    } else {
      return false;
    }
  }
  while (wanted[at] === 'rest') at++;
  return at === wanted.length;
}

/** The same pattern for SQLite's GLOB, which takes `[c]` for the character c too, and nothing else for special. */
export const asGlob = (pattern: NamePattern): string => pattern;

export function covers(scope: Scope, { kind, name, id }: Place): boolean {
  switch (scope.kind) {
    case 'everything':
      return true;
    case 'experiments':
    case 'models':
      return scope.kind === kind && matches(scope.pattern, name);
    case 'experiment':
    case 'model':
      return kind === `${scope.kind}s` && id === scope.id;
    default:
      return never(scope);
  }
}

export const sameScope = (a: Scope, b: Scope): boolean =>
  a.kind === b.kind &&
  ('pattern' in a ? a.pattern : undefined) === ('pattern' in b ? b.pattern : undefined) &&
  ('id' in a ? a.id : undefined) === ('id' in b ? b.id : undefined);

/** What a credential is held to, whatever its owner may do; nothing said means no limit. */
export interface Limits {
  readonly readOnly?: true;
  readonly actions?: readonly string[];
  /** With one of the two, only what is about experiments or models of these names; the other kind is left out. */
  readonly experiments?: readonly NamePattern[];
  readonly models?: readonly NamePattern[];
}

/** Whether everything that the inner pattern stands for the outer one stands for, too; `false` where that is hard to tell. */
export function within(inner: NamePattern, outer: NamePattern): boolean {
  // As a text, the inner pattern's wildcards can only be taken up by the outer one's.
  const plain = parts(inner).map((each) => (each === 'rest' ? '\u{10fffe}' : each === 'any' ? '\u{10ffff}' : each));
  if (parts(inner).includes('rest') && parts(outer).includes('any')) return inner === outer;
  return matches(outer, plain.join(''));
}

/** What a caller may see of a list, by name. */
export interface Reach {
  readonly experiments: readonly NamePattern[];
  readonly models: readonly NamePattern[];
}
