import type { FastifyInstance } from 'fastify';
import { errors } from '../../core/index.js';

/** A batch of MLflow's is at most 1 MB (mlflow/utils/validation.py); a body may be a little more than that. */
export const JSON_BYTES = 2 * 1024 * 1024;
/**
 * A call may name many wide tables, each with its schema and profile. Bodies are read before anybody knows who
 * sends them, so this is far from all that MLflow would take (a profile of 16 MB).
 */
export const INPUTS_JSON_BYTES = 8 * 1024 * 1024;
const LOGS_INPUTS = /\/mlflow\/runs\/log-inputs$/;
/** Far deeper than any request is; what follows walks a body by recursion. */
const MAX_DEPTH = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Only an escape can bring a lone surrogate or NUL into text that is valid UTF-8. */
const SUSPICIOUS = /\\u(d[89a-f]|0000)/i;

/**
 * Reads JSON bodies for every route. Text that is no text is refused here, before anything is decided:
 * two names that differ only in a lone surrogate are different to a program and the same to a database.
 */
export function readJsonBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (LOGS_INPUTS.test(route.url)) route.bodyLimit = INPUTS_JSON_BYTES;
  });
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser<Buffer>(
    ['application/json', 'application/scim+json'],
    { parseAs: 'buffer', bodyLimit: JSON_BYTES },
    (request, bytes, done) => {
      // Clients say the type of what they don't send: a DELETE of theirs has it as all their requests have.
      if (bytes.length === 0) return done(null, undefined);
      let text: string;
      try {
        text = decode(bytes);
      } catch (error) {
        return done(error as Error);
      }
      void parse(request, text, (error, body: unknown) => {
        if (error !== null && isJson(text)) return done(reserved());
        if (error === null && (typeof body !== 'object' || body === null || Array.isArray(body))) {
          return done(errors.invalid('object-expected', 'the body must be a JSON object', 'body'));
        }
        const field = error === null && SUSPICIOUS.test(text) ? illFormed(body, '') : undefined;
        if (field === undefined) return done(error, body);
        done(
          errors.invalid(
            'ill-formed-text',
            `Invalid value for parameter '${field}': it holds a NUL or half a character (a lone surrogate)`,
            field,
          ),
        );
      });
    },
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** All that the parser refuses beyond what is no JSON. */
const reserved = () =>
  errors.invalid(
    'reserved-name',
    "the body has a field named '__proto__', or 'prototype' within one named 'constructor': these names are reserved",
    'body',
  );

function decode(bytes: Buffer): string {
  if (depth(bytes) > MAX_DEPTH)
    throw errors.invalid('too-deep', `the body is nested more than ${MAX_DEPTH} levels deep`, 'body');
  try {
    return utf8.decode(bytes);
  } catch {
    throw errors.invalid('not-utf-8', 'the body is not UTF-8 text', 'body');
  }
}

/** The deepest nesting of brackets outside strings, found without recursion. */
function depth(bytes: Buffer): number {
  let now = 0;
  let most = 0;
  let quoted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (quoted) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) quoted = false;
    } else if (byte === 0x22) quoted = true;
    else if (byte === 0x7b || byte === 0x5b) most = Math.max(most, ++now);
    else if (byte === 0x7d || byte === 0x5d) now--;
  }
  return most;
}

/** Where the first ill-formed text is, as a field's name; `undefined` when all is well. */
function illFormed(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0') ? undefined : path || 'body';
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, each] of Object.entries(value)) {
    if (!key.isWellFormed() || key.includes('\0')) return path || 'body';
    const at = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    const found = illFormed(each, at);
    if (found !== undefined) return found;
  }
  return undefined;
}
