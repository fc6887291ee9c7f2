import { Kysely, RawBuilder, sql, SqlBool } from 'kysely';
import { compileFilter } from './compile-filter.js';
import { compileOrder } from './compile-order.js';
import { parseFilter } from './filter.js';
import { keysetAfter, Place, readToken, writeToken } from './keyset.js';
import { narrow } from './narrow.js';
import { parseOrder } from './order.js';
import { Source } from './source.js';
import { Clause, OrderTerm } from './tree.js';
import { Vocabulary } from './vocabulary.js';

/** What a client asked for, as it came. */
export interface SearchInput {
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  readonly pageToken?: string;
  readonly limit: number;
}

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

export interface FoundPage<Id> {
  readonly ids: readonly Id[];
  readonly nextPageToken?: string;
}

/** Reads filter and order; `about` is what else the results depend on (experiments, view, data sets). */
export function prepareSearch(
  { filter, orderBy, pageToken, limit }: SearchInput,
  vocabulary: Vocabulary,
  within: { readonly scope: RawBuilder<SqlBool>; readonly about: unknown },
  order = parseOrder(orderBy, vocabulary),
): PreparedSearch {
  const clauses = parseFilter(filter, vocabulary);
  // The parsed form: the same search in other spelling or spacing is the same search.
  const about = [vocabulary.what, within.about, clauses, order];
  return { clauses, order, limit, about, scope: within.scope, ...(pageToken ? { pageToken } : {}) };
}

/** The ids of one page, in order, and how to go on from there. */
export async function findPage<Id extends string | number>(
  db: Kysely<unknown>,
  source: Source,
  search: PreparedSearch,
): Promise<FoundPage<Id>> {
  const { rows } = await pageSql(await narrow(db, source, search.clauses), search).execute(db);
  const page = rows.slice(0, search.limit);
  const ids = page.map((row) => row['id'] as Id);
  const last = page.at(-1);
  if (rows.length <= search.limit || !last) return { ids };
  const place = Object.entries(last).flatMap(([name, value]) => (name.startsWith('key_') ? [value] : []));
  return { ids, nextPageToken: writeToken(search.about, place as Place) };
}

/** One row more than fits is read, which tells whether there is another page. */
export function pageSql(source: Source, search: PreparedSearch): RawBuilder<Readonly<Record<string, unknown>>> {
  const { clauses, order, limit, pageToken, about, scope } = search;
  const { joins, keys } = compileOrder(order, source);
  const columns = keys.map(({ sql: key }, at) => sql`${key} AS ${sql.ref(`key_${at}`)}`);
  const sorted = keys.map(
    ({ direction }, at) => sql`${sql.ref(`key_${at}`)} ${direction === 'asc' ? sql`ASC` : sql`DESC`}`,
  );
  const behind = pageToken ? sql` AND ${keysetAfter(keys, readToken(about, keys.length, pageToken))}` : sql``;
  return sql`SELECT ${source.id} AS id, ${sql.join(columns)} FROM ${source.from}${joins} WHERE ${scope} AND ${compileFilter(clauses, source)}${behind} ORDER BY ${sql.join(sorted)} LIMIT ${limit + 1}`;
}
