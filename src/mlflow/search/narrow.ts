import { Kysely, sql } from 'kysely';
import { Source } from './source.js';
import { Clause } from './tree.js';

/**
 * The same search over the few rows that an index says may match, if there is such a clause. What it finds
 * is the same: candidates only leave out what fails the clause, which stays in the filter.
 */
export async function narrow(
  db: Kysely<unknown>,
  source: Source,
  clauses: readonly Clause[],
  most: number,
): Promise<Source | undefined> {
  for (const clause of clauses) {
    const candidates = source.candidates?.(clause);
    if (!candidates) continue;
    const { rows } = await sql<{ id: unknown }>`${candidates} LIMIT ${most + 1}`.execute(db);
    if (rows.length <= most)
      return over(
        source,
        rows.map(({ id }) => id),
      );
  }
  return undefined;
}

/** CROSS JOIN is SQLite's word for joining in this order: the rows are fetched by their ids, then sorted. */
export const over = (source: Source, ids: readonly unknown[]): Source => ({
  ...source,
  from: sql`json_each(${JSON.stringify(ids)}) AS candidate CROSS JOIN ${source.from} ON ${source.id} = candidate.value`,
});
