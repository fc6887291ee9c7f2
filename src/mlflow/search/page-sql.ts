import { RawBuilder, sql, SqlBool } from 'kysely';
import { compileFilter } from './compile-filter.js';
import { compileOrder } from './compile-order.js';
import { keysetAfter, Place, readToken } from './keyset.js';
import { Source } from './source.js';
import { Clause, OrderTerm } from './tree.js';

export interface PreparedSearch {
  readonly clauses: readonly Clause[];
  readonly order: readonly OrderTerm[];
  readonly limit: number;
  readonly pageToken?: string;
  /** All that the page token is bound to. */
  readonly about: unknown;
  /** What is searched at all, beside the filter. */
  readonly scope: RawBuilder<SqlBool>;
}

/** A row as the page's query answers it: its id, and its place in the order as `key_0`, `key_1`, … */
export type FoundRow = Readonly<Record<string, unknown>>;

/** A stretch of the whole order: all of it by default. */
export interface Stretch {
  /** Only rows behind this. */
  readonly place?: Place | undefined;
  readonly limit: number;
  readonly where?: RawBuilder<SqlBool>;
  /** So many of the order's first keys are the same in all rows of the stretch. */
  readonly fixed?: number;
}

export const placeOf = (row: FoundRow): Place =>
  Object.entries(row).flatMap(([name, value]) => (name.startsWith('key_') ? [value as string | number] : []));

/** Where the page begins. @throws invalid when the token belongs to another search */
export function placeIn(source: Source, { order, about, pageToken }: PreparedSearch): Place | undefined {
  return pageToken ? readToken(about, compileOrder(order, source).keys.length, pageToken) : undefined;
}

/** One row more than fits is read, which tells whether there is another page. */
export const pageSql = (source: Source, search: PreparedSearch): RawBuilder<FoundRow> =>
  stretchSql(source, search, { limit: search.limit + 1, place: placeIn(source, search) });

export function stretchSql(
  source: Source,
  { clauses, order, scope }: PreparedSearch,
  { place, limit, where, fixed = 0 }: Stretch,
): RawBuilder<FoundRow> {
  const { joins, keys } = compileOrder(order, source);
  const columns = keys.map(({ sql: key }, at) => sql`${key} AS ${sql.ref(`key_${at}`)}`);
  const sorted = keys
    .map(({ direction }, at) => sql`${sql.ref(`key_${at}`)} ${direction === 'asc' ? sql`ASC` : sql`DESC`}`)
    .slice(fixed);
  const within = where ? sql` AND ${where}` : sql``;
  const behind = place ? sql` AND ${keysetAfter(keys.slice(fixed), place.slice(fixed))}` : sql``;
  return sql`SELECT ${source.id} AS id, ${sql.join(columns)} FROM ${source.from}${joins} WHERE ${scope} AND ${compileFilter(clauses, source)}${within}${behind} ORDER BY ${sql.join(sorted)} LIMIT ${limit}`;
}
