import { errors } from '../core/index.js';

const MAX_ALIAS = 255;

/** Not a stored alias: it means the highest version, whatever its stage. */
export const LATEST = 'latest';

/**
 * Names by which deployments load what is in use. Moving one has the effect of a promotion, so it needs
 * the same right: otherwise whoever may set aliases could put a version in production unreviewed.
 */
export const GOVERNED_ALIASES: readonly string[] = ['champion', 'production'];

export const isGoverned = (alias: string): boolean => GOVERNED_ALIASES.includes(alias.toLowerCase());

export const isLatest = (alias: string): boolean => alias.toLowerCase() === LATEST;

/** An alias as it may be asked for: `latest` too. */
export function aliasName(text: string, field = 'alias'): string {
  const refuse = (why: string) => errors.invalid('alias-invalid', `Invalid alias name: ${why}`, field);
  if (text === '') throw refuse('it is empty.');
  if (text.length > MAX_ALIAS) throw refuse(`it is longer than ${MAX_ALIAS} characters.`);
  if (!/^[\p{L}\p{N}_-]+$/u.test(text)) {
    throw refuse(`'${text}' may hold letters, digits, underscores (_) and dashes (-) only.`);
  }
  return text;
}

/** An alias as it may be set: nothing that reads like a version. */
export function newAlias(text: string, field = 'alias'): string {
  const alias = aliasName(text, field);
  if (isLatest(alias) || /^v\d+$/i.test(alias)) {
    throw errors.invalid('alias-reserved', `Invalid alias name: '${alias}' is reserved for versions.`, field);
  }
  return alias;
}

export const noAlias = (alias: string, field = 'alias') =>
  errors.invalid('alias-not-found', `Registered model alias ${alias} not found.`, field);
