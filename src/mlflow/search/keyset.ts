import { createHash } from 'node:crypto';
import { RawBuilder, sql, SqlBool } from 'kysely';
import { errors } from '../../core/index.js';
import { SEARCH_LIMITS } from './limits.js';
import { Direction } from './tree.js';

/** One of the things that rows are sorted by; all of an order's together are unique. */
export interface SortKey {
  readonly sql: RawBuilder<unknown>;
  readonly direction: Direction;
}
export type Place = readonly (string | number)[];

/** The rows behind a place. The first condition lets an index seek. */
export function keysetAfter(keys: readonly SortKey[], place: Place): RawBuilder<SqlBool> {
  const compare = (at: number, or: RawBuilder<unknown> = sql``) => {
    const { sql: key, direction } = keys[at]!;
    return sql<SqlBool>`${key} ${direction === 'asc' ? sql`>` : sql`<`}${or} ${place[at]}`;
  };
  const equal = (at: number) => sql<SqlBool>`${keys[at]!.sql} = ${place[at]}`;
  const beyond = (at: number): RawBuilder<SqlBool> =>
    at === keys.length - 1 ? compare(at) : sql`(${compare(at)} OR (${equal(at)} AND ${beyond(at + 1)}))`;
  return sql<SqlBool>`${compare(0, sql`=`)} AND ${beyond(0)}`;
}

type Written = string | number | { readonly infinite: 1 | -1 };

/**
 * An opaque page token: where the last page ended, so that rows written since move nothing, bound to all
 * that the search was about. It holds no secret and grants nothing: a forged one only begins elsewhere.
 */
export function writeToken(search: unknown, place: Place): string {
  const written = place.map((part): Written =>
    typeof part === 'number' && !Number.isFinite(part) ? { infinite: part > 0 ? 1 : -1 } : part,
  );
  return Buffer.from(JSON.stringify([bindingOf(search), ...written])).toString('base64url');
}

/** @throws invalid when the token is none that we made, or was made for another search */
export function readToken(search: unknown, keys: number, token: string): Place {
  const parts = token.length <= SEARCH_LIMITS.tokenLength ? decode(token) : undefined;
  if (!parts) throw invalidToken('it is none that this server made');
  if (parts[0] !== bindingOf(search)) throw invalidToken('it belongs to a search with another filter or order');
  const place = parts.slice(1).map(readPart);
  if (place.length !== keys || place.includes(undefined)) throw invalidToken('it is none that this server made');
  return place as Place;
}

const bindingOf = (search: unknown): string =>
  createHash('sha256').update(JSON.stringify(search)).digest('base64url').slice(0, 16);

function decode(token: string): readonly unknown[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : undefined;
  } catch {
    return undefined;
  }
}

function readPart(part: unknown): string | number | undefined {
  if (typeof part === 'string') return part;
  if (typeof part === 'number') return Number.isFinite(part) ? part : undefined;
  if (typeof part !== 'object' || part === null || !('infinite' in part)) return undefined;
  return part.infinite === 1 ? Infinity : part.infinite === -1 ? -Infinity : undefined;
}

const invalidToken = (why: string) =>
  errors.invalid(
    'invalid-page-token',
    `Invalid page token: ${why}. Leave it out to begin anew, or send the one that the last page answered, with the same filter and order`,
    'page_token',
  );
