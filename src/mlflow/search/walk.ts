import { Kysely, RawBuilder, sql, SqlBool } from 'kysely';
import { Place } from './keyset.js';
import { over } from './narrow.js';
import { FoundRow, placeIn, placeOf, PreparedSearch, Stretch, stretchSql } from './page-sql.js';
import { HeldValue, Source, ValueIndex } from './source.js';
import { Direction } from './tree.js';

/** What has a value, what is NaN, what lacks the key: the first key of such an order. */
const [VALUE, NAN, MISSING] = [0, 1, 2];
/** Rank and value: what the rows of a stretch with one value have in common. */
const FIXED = 2;

export interface WalkLimits {
  /** Entries of the index that are read at first, twice as many the next time. */
  readonly stride: number;
  /** Entries read in vain after which sorting everything is the better way. */
  readonly most: number;
}

/** Rows that lie together in the order: some ids, or all rows that have something in common. */
type Block =
  | { readonly kind: 'ids'; readonly ids: readonly unknown[] }
  | { readonly kind: 'alike'; readonly where: RawBuilder<SqlBool>; readonly fixed: boolean; readonly begun: boolean };

/**
 * A page of an order by a metric, parameter or tag, off the index over its values: block after block in
 * the order's direction, until the page is full. Within a block the whole order decides, so a block may be
 * sorted in whatever way is quickest; blocks themselves never overlap. When the filter leaves too little
 * of what the index offers, the rest of the page comes from sorting everything.
 */
export async function walkPage(
  db: Kysely<unknown>,
  source: Source,
  index: ValueIndex,
  search: PreparedSearch,
  { stride, most }: WalkLimits,
): Promise<readonly FoundRow[]> {
  const [start, wanted] = [placeIn(source, search), search.limit + 1];
  const rows: FoundRow[] = [];
  const seen = new Set<unknown>();
  const read = async (from: Source, stretch: Omit<Stretch, 'limit'>) => {
    const query = stretchSql(from, search, { ...stretch, limit: wanted - rows.length });
    for (const row of (await query.execute(db)).rows) {
      // A row that was written between two blocks may be in both.
      if (!seen.has(row['id'])) rows.push(row);
      seen.add(row['id']);
    }
  };
  let left = most;
  for await (const block of blocks(db, source, index, search.order[0]!.direction, start, stride)) {
    if (block.kind === 'ids') {
      await read(over(source, block.ids), { place: start });
      left -= block.ids.length;
    } else {
      const { where, fixed, begun } = block;
      await read(source, fixed ? { where, fixed: FIXED, place: begun ? start : undefined } : { where, place: start });
      left -= most / 3;
    }
    if (rows.length === wanted) return rows;
    if (left <= 0) {
      const last = rows.at(-1);
      await read(source, { place: last ? placeOf(last) : start });
      return rows;
    }
  }
  return rows;
}

async function* blocks(
  db: Kysely<unknown>,
  source: Source,
  index: ValueIndex,
  direction: Direction,
  start: Place | undefined,
  first: number,
): AsyncGenerator<Block> {
  const rank = start?.[0] ?? VALUE;
  if (rank === VALUE) yield* valueBlocks(db, source, index, direction, start?.[1], first);
  if (rank !== MISSING && index.nan) yield* nanBlocks(db, source, index, index.nan, rank === NAN, first);
  const where = sql<SqlBool>`NOT ${has(source, index, index.present)}`;
  yield { kind: 'alike', where, fixed: true, begun: rank === MISSING };
}

/** Few are fetched by their ids: to find them by walking all rows would take all the time that the index saves. */
async function* nanBlocks(
  db: Kysely<unknown>,
  source: Source,
  index: ValueIndex,
  nan: RawBuilder<SqlBool>,
  begun: boolean,
  few: number,
): AsyncGenerator<Block> {
  const found = sql<{ id: unknown }>`SELECT ${index.id} AS id FROM ${index.table} WHERE ${nan} LIMIT ${few + 1}`;
  const { rows } = await found.execute(db);
  if (rows.length > few) yield { kind: 'alike', where: has(source, index, nan), fixed: true, begun };
  else if (rows.length > 0) yield { kind: 'ids', ids: rows.map(({ id }) => id) };
}

/** What was read of the last value may not be all of it, so it is left to the next block. */
async function* valueBlocks(
  db: Kysely<unknown>,
  source: Source,
  index: ValueIndex,
  direction: Direction,
  start: string | number | undefined,
  first: number,
): AsyncGenerator<Block> {
  const begin = start === undefined ? undefined : index.held(start);
  let from: { readonly value: HeldValue; readonly past: boolean } | undefined;
  if (begin !== undefined) from = { value: begin, past: false };
  for (let size = first; ; size *= 2) {
    const { rows } = await entries(index, direction, from, size + 1).execute(db);
    const last = rows.at(-1);
    if (!last) return;
    const whole = rows.length <= size ? rows : rows.filter(({ value }) => !same(value, last.value));
    if (whole.length > 0) yield { kind: 'ids', ids: whole.map(({ id }) => id) };
    if (rows.length <= size) return;
    if (whole.length === 0) {
      const where = has(source, index, sql<SqlBool>`${index.numbered} AND ${index.value} = ${last.value}`);
      const begun = begin !== undefined && same(begin, last.value);
      yield { kind: 'alike', where, fixed: index.whole(last.value), begun };
    }
    from = { value: last.value, past: whole.length === 0 };
  }
}

interface Entry {
  readonly id: unknown;
  readonly value: HeldValue;
}

function entries(
  { table, id, numbered, value }: ValueIndex,
  direction: Direction,
  from: { readonly value: HeldValue; readonly past: boolean } | undefined,
  limit: number,
): RawBuilder<Entry> {
  const [beyond, towards] = direction === 'asc' ? [sql`>`, sql`ASC`] : [sql`<`, sql`DESC`];
  const behind = from ? sql` AND ${value} ${beyond}${from.past ? sql`` : sql`=`} ${from.value}` : sql``;
  return sql<Entry>`SELECT ${id} AS id, ${value} AS value FROM ${table} WHERE ${numbered}${behind} ORDER BY ${value} ${towards} LIMIT ${limit}`;
}

const has = (source: Source, { table, id }: ValueIndex, what: RawBuilder<SqlBool>): RawBuilder<SqlBool> =>
  sql<SqlBool>`EXISTS (SELECT 1 FROM ${table} WHERE ${id} = ${source.id} AND ${what})`;

const same = (a: HeldValue, b: HeldValue): boolean =>
  typeof a === 'number' || typeof b === 'number' ? a === b : Buffer.compare(a, b) === 0;
