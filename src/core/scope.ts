import { Brand } from './brand.js';
import { Role } from './envelope.js';
import { errors } from './errors.js';

/** A name in which `*` stands for any text and `?` for one character; nothing else is special. */
export type NamePattern = Brand<string, 'NamePattern'>;

/** Where a role holds: everywhere, or for experiments (with their runs) or models by name. */
export type Scope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'experiments'; readonly pattern: NamePattern }
  | { readonly kind: 'models'; readonly pattern: NamePattern };

/** A role that holds for some experiments or models only. */
export interface ScopedRole {
  readonly role: Role;
  readonly scope: Exclude<Scope, { kind: 'everything' }>;
}

/** What a right must cover, by the name that it has now. */
export interface Place {
  readonly kind: 'experiments' | 'models';
  readonly name: string;
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

/** Case counts, and no pattern takes longer than the product of the two lengths. */
export function matches(pattern: NamePattern, name: string): boolean {
  const [wanted, given] = [[...pattern], [...name]];
  let [at, from, star, taken] = [0, 0, -1, 0];
  while (from < given.length) {
    if (at < wanted.length && wanted[at] === '*') {
      star = at++;
      taken = from;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[from])) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++taken;
    } else {
      return false;
    }
  }
  while (wanted[at] === '*') at++;
  return at === wanted.length;
}

/** The same pattern for SQLite's GLOB. Patterns hold no `[`, the only other character that GLOB takes for special. */
export const asGlob = (pattern: NamePattern): string => pattern;

export const covers = (scope: Scope, { kind, name }: Place): boolean =>
  scope.kind === 'everything' || (scope.kind === kind && matches(scope.pattern, name));

/** What a caller may see of a list, by name. */
export interface Reach {
  readonly experiments: readonly NamePattern[];
  readonly models: readonly NamePattern[];
}
