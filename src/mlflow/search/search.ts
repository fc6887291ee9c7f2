import { Kysely, RawBuilder, sql, SqlBool } from 'kysely';
import { parseFilter } from './filter.js';
import { writeToken } from './keyset.js';
import { narrow } from './narrow.js';
import { parseOrder } from './order.js';
import { FoundRow, pageSql, placeOf, PreparedSearch } from './page-sql.js';
import { Source } from './source.js';
import { Vocabulary } from './vocabulary.js';
import { walkPage, WalkLimits } from './walk.js';

/** What a client asked for, as it came. */
export interface SearchInput {
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  readonly pageToken?: string;
  readonly limit: number;
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

/** Which plan is taken depends on how many rows there are; what is found does not. */
export interface PlanLimits extends WalkLimits {
  /** With more candidates than this, a page is filled sooner by walking the order and testing each row. */
  readonly candidates: number;
  /** So many rows are sorted sooner than an index over a whole metric is walked. */
  readonly sorted: number;
  /** The largest page that is worth a walk. */
  readonly page: number;
}
const LIMITS: PlanLimits = { candidates: 2_000, sorted: 2_000, page: 2_000, stride: 256, most: 20_000 };

/** The ids of one page, in order, and how to go on from there. */
export async function findPage<Id extends string | number>(
  db: Kysely<unknown>,
  source: Source,
  search: PreparedSearch,
  limits = LIMITS,
): Promise<FoundPage<Id>> {
  return pageOf<Id>(await findRows(db, source, search, limits), search);
}

/** A page of rows among which may be one that begins the next. */
export function pageOf<Id>(rows: readonly FoundRow[], { limit, about }: PreparedSearch): FoundPage<Id> {
  const page = rows.slice(0, limit);
  const ids = page.map((row) => row['id'] as Id);
  const last = page.at(-1);
  if (rows.length <= limit || !last) return { ids };
  return { ids, nextPageToken: writeToken(about, placeOf(last)) };
}

async function findRows(
  db: Kysely<unknown>,
  source: Source,
  search: PreparedSearch,
  limits: PlanLimits,
): Promise<readonly FoundRow[]> {
  const { clauses, order, limit, scope } = search;
  const few = await narrow(db, source, clauses, limits.candidates);
  if (few) return (await pageSql(few, search).execute(db)).rows;
  const target = order[0]?.target;
  const index = target && target.kind !== 'attribute' ? source.valueIndex?.(target) : undefined;
  if (index && limit <= limits.page && (await hasMore(db, source, scope, limits.sorted)))
    return walkPage(db, source, index, search, limits);
  return (await pageSql(source, search).execute(db)).rows;
}

async function hasMore(db: Kysely<unknown>, source: Source, scope: RawBuilder<SqlBool>, than: number) {
  const { rows } = await sql`SELECT 1 FROM ${source.from} WHERE ${scope} LIMIT 1 OFFSET ${than}`.execute(db);
  return rows.length > 0;
}
