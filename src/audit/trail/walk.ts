import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { blockOf, firstOf, lastOf } from './blocks.js';
import { Criteria, termsOf } from './criteria.js';
import { AuditTables } from './table.js';

type Db = Kysely<AuditTables>;

/** Ordinals, both included. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** One statement looks at so many blocks of events at most: a long search lets others in between. */
const BLOCKS_AT_ONCE = 64;
const FIRST_WINDOW = 64;

/** The first ordinal from which on the column is at least `value`; one after the last when there is none. */
export async function firstAtLeast(db: Db, column: 'position' | 'recorded_at', value: number): Promise<number> {
  const end = await db
    .selectFrom('audit_events')
    .select('ordinal')
    .orderBy('ordinal', 'desc')
    .limit(1)
    .executeTakeFirst();
  let [low, high] = [1, (end?.ordinal ?? 0) + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = await db
      .selectFrom('audit_events')
      .select(column)
      .where('ordinal', '=', middle)
      .executeTakeFirstOrThrow();
    if (row[column] >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The first `limit` events of the span that meet the criteria, as ordinals, in the order asked for. */
export async function walk(
  db: Db,
  span: Span,
  criteria: Criteria,
  order: 'asc' | 'desc',
  limit: number,
): Promise<readonly number[]> {
  const found: number[] = [];
  const impossible = Object.values(criteria).some((list: readonly number[]) => list.length === 0);
  if (span.first > span.last || impossible) return found;
  for await (const part of parts(db, span, termsOf(criteria), order)) {
    found.push(...(await matches(db, part, criteria, order, limit - found.length)));
    if (found.length >= limit) break;
    await setImmediate();
  }
  return found;
}

/** The parts of the span that can hold a match, in order: runs of blocks that have all terms. */
async function* parts(
  db: Db,
  span: Span,
  terms: readonly (readonly number[])[],
  order: 'asc' | 'desc',
): AsyncGenerator<Span> {
  const [lowest, highest] = [blockOf(span.first), blockOf(span.last)];
  let size = FIRST_WINDOW;
  for (let done = 0; done <= highest - lowest;) {
    const window =
      order === 'asc'
        ? { first: lowest + done, last: Math.min(lowest + done + size - 1, highest) }
        : { first: Math.max(highest - done - size + 1, lowest), last: highest - done };
    const blocks = await blocksIn(db, window, terms, order);
    for (const { first, last } of runs(blocks)) {
      yield { first: Math.max(firstOf(first), span.first), last: Math.min(lastOf(last), span.last) };
    }
    done += window.last - window.first + 1;
    // Where matches are rare, ever larger windows keep the number of statements small.
    size *= 4;
  }
}

async function blocksIn(
  db: Db,
  { first, last }: Span,
  [some, ...others]: readonly (readonly number[])[],
  order: 'asc' | 'desc',
): Promise<readonly number[]> {
  if (!some) {
    const all = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    return order === 'asc' ? all : all.reverse();
  }
  const withOneOf = (terms: readonly number[]) =>
    db
      .selectFrom('audit_blocks')
      .select('block')
      .where('term', 'in', terms)
      .where('block', '>=', first)
      .where('block', '<=', last);
  const query = others.reduce((sofar, terms) => sofar.intersect(withOneOf(terms)), withOneOf(some).distinct());
  const rows = await query.orderBy('block', order).execute();
  return rows.map(({ block }) => block);
}

/** Neighbouring blocks together, up to `BLOCKS_AT_ONCE`, in the order in which they come. */
function runs(blocks: readonly number[]): readonly Span[] {
  const spans: { first: number; last: number }[] = [];
  for (const block of blocks) {
    const current = spans.at(-1);
    const room = current && current.last - current.first + 1 < BLOCKS_AT_ONCE;
    if (room && block === current.last + 1) current.last = block;
    else if (room && block === current.first - 1) current.first = block;
    else spans.push({ first: block, last: block });
  }
  return spans;
}

async function matches(
  db: Db,
  { first, last }: Span,
  { actors, actions, things }: Criteria,
  order: 'asc' | 'desc',
  limit: number,
): Promise<readonly number[]> {
  let query = db
    .selectFrom('audit_events as e')
    .select('e.ordinal')
    .where('e.ordinal', '>=', first)
    .where('e.ordinal', '<=', last);
  if (actors) query = query.where('e.actor', 'in', actors);
  if (actions) query = query.where('e.action', 'in', actions);
  if (things) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('audit_belongings as b')
          .select('b.thing')
          .whereRef('b.resource', '=', 'e.resource')
          .where('b.thing', 'in', things),
      ),
    );
  }
  const rows = await query.orderBy('e.ordinal', order).limit(limit).execute();
  return rows.map(({ ordinal }) => ordinal);
}
