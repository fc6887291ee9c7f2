import { RawBuilder, sql, SqlBool } from 'kysely';
import { errors } from '../../core/index.js';
import { OrderBy } from './order.js';

type Place = readonly (string | number)[];
type Order = readonly OrderBy<string>[];

const signature = (order: Order): string => order.map(({ column, direction }) => `${column} ${direction}`).join();

/** An opaque page token: where the last page ended, so that rows written since move nothing. */
export const encodeCursor = (order: Order, place: Place): string => encode([signature(order), ...place]);

/** @throws invalid when the token is none that we made, or belongs to another order */
export function decodeCursor(order: Order, token: string): Place {
  const [made, ...place] = decode(token);
  if (made === signature(order) && place.length === order.length) return place;
  throw invalidToken();
}

/** The rows behind a place in an order whose last column is unique. The first condition lets an index seek. */
export function after(order: Order, place: Place) {
  const compare = (at: number, or: RawBuilder<unknown> = sql``) => {
    const { column, direction } = order[at]!;
    return sql<SqlBool>`${sql.ref(column)} ${direction === 'asc' ? sql`>` : sql`<`}${or} ${place[at]}`;
  };
  const equal = (at: number) => sql<SqlBool>`${sql.ref(order[at]!.column)} = ${place[at]}`;
  const beyond = (at: number): RawBuilder<SqlBool> =>
    at === order.length - 1 ? compare(at) : sql`(${compare(at)} OR (${equal(at)} AND ${beyond(at + 1)}))`;
  return sql<SqlBool>`${compare(0, sql`=`)} AND ${beyond(0)}`;
}

export const encode = (place: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

export function decode(token: string): readonly (string | number)[] {
  let place: unknown;
  try {
    place = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    throw invalidToken();
  }
  const isPart = (part: unknown) => typeof part === 'string' || (typeof part === 'number' && Number.isFinite(part));
  if (!Array.isArray(place) || !place.every(isPart)) throw invalidToken();
  return place as (string | number)[];
}

export const invalidToken = () =>
  errors.invalid(
    'invalid-page-token',
    'Invalid page token: leave it out to begin anew, or send the one that the last page answered, with the same order',
    'page_token',
  );
