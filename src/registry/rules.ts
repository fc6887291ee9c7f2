import { errors } from '../core/index.js';

const MAX_NAME = 256;
const MAX_KEY = 250;
const MAX_TAG_VALUE = 100_000;
const MAX_DESCRIPTION = 100_000;
const MAX_TAGS = 1000;

export type Tags = readonly (readonly [key: string, value: string])[];

const invalid = (field: string, why: string) =>
  errors.invalid('invalid-parameter', `Invalid value for parameter '${field}': ${why}`, field);

/** A name that is asked for. They stand in paths and in `models:/<name>/<version>`, so nothing that means something there. */
export function namedModel(text: string, field = 'name'): string {
  if (text.trim() === '') throw invalid(field, 'it is empty');
  if (/[/:]/.test(text)) throw invalid(field, `a model's name can't hold '/' or ':'`);
  if (text === '.' || text.startsWith('..')) throw invalid(field, `'${text.slice(0, 260)}' can't be a name`);
  return text;
}

/** A name that is given. */
export function modelName(text: string, field = 'name'): string {
  namedModel(text, field);
  if (text.length > MAX_NAME) throw invalid(field, `it is longer than ${MAX_NAME} characters`);
  if (!text.isWellFormed() || /\p{Cc}/u.test(text)) throw invalid(field, 'it holds control characters');
  return text;
}

export function tag(key: string, value: string): readonly [string, string] {
  tagKey(key);
  if (value.length > MAX_TAG_VALUE)
    throw invalid('value', `the value of tag '${key}' is longer than ${MAX_TAG_VALUE} characters`);
  return [key, value];
}

export function tagKey(key: string): string {
  if (key === '') throw invalid('key', 'it is empty');
  if (key.length > MAX_KEY) throw invalid('key', `it is longer than ${MAX_KEY} characters`);
  if (!/^[\p{L}\p{N}_\-. :/]+$/u.test(key))
    throw invalid('key', "it may hold letters, digits, '_', '-', '.', ' ', ':' and '/'");
  if (key.startsWith('/') || key.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw invalid('key', 'it is not a plain path');
  }
  return key;
}

/** Of two tags with one key the last one counts. */
function tagList(given: readonly { readonly key: string; readonly value?: string }[]): Tags {
  if (given.length > MAX_TAGS) throw invalid('tags', `there are more than ${MAX_TAGS}`);
  return [...new Map(given.map(({ key, value = '' }) => tag(key, value)))];
}

/** They lie in one event, with at most some 20 KB beside them; MLflow sets no limit, but an event has one. */
const MAX_CREATION_BYTES = 850_000;

/** What a model or version brings along, as far as it fits. */
export function brought(given: {
  readonly description?: string | undefined;
  readonly tags?: readonly { readonly key: string; readonly value?: string }[] | undefined;
}): { readonly description: string | undefined; readonly tags: Tags } {
  const made = { description: description(given.description), tags: tagList(given.tags ?? []) };
  const bytes = Buffer.byteLength(JSON.stringify(made));
  if (bytes > MAX_CREATION_BYTES)
    throw errors.invalid(
      'too-large',
      `'tags' has ${bytes} bytes with the description, the limit is ${MAX_CREATION_BYTES}; set some of them afterwards`,
      'tags',
    );
  return made;
}

export function description(text: string | undefined): string | undefined {
  if (text !== undefined && text.length > MAX_DESCRIPTION) {
    throw invalid('description', `it is longer than ${MAX_DESCRIPTION} characters`);
  }
  return text;
}

/** `"3"`. Any integer may be asked for; the versions that there are begin with 1. */
export function versionNumber(version: string, field = 'version'): number {
  if (!/^-?\d{1,18}$/.test(version)) throw invalid(field, 'a version is an integer');
  return Number(version);
}
