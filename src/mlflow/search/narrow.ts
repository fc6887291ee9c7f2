import { Kysely, sql } from 'kysely';
import { Source } from './source.js';
import { Clause } from './tree.js';

/** With more candidates than this, a page is filled sooner by walking the order and testing each row. */
const MOST = 2_000;

/**
 * The same search over the few rows that an index says may match, if there is such a clause. What it finds
 * is the same: candidates only leave out what fails the clause, which stays in the filter.
 */
export async function narrow(db: Kysely<unknown>, source: Source, clauses: readonly Clause[]): Promise<Source> {
  for (const clause of clauses) {
    const candidates = source.candidates?.(clause);
    if (!candidates) continue;
    const { rows } = await sql<{ id: unknown }>`${candidates} LIMIT ${MOST + 1}`.execute(db);
    if (rows.length <= MOST) return over(source, JSON.stringify(rows.map(({ id }) => id)));
  }
  return source;
}

/** CROSS JOIN is SQLite's word for joining in this order: the candidates are fetched by their ids, then sorted. */
const over = (source: Source, ids: string): Source => ({
  ...source,
  from: sql`json_each(${ids}) AS candidate CROSS JOIN ${source.from} ON ${source.id} = candidate.value`,
});
