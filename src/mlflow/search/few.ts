import { Kysely } from 'kysely';
import { never } from '../../core/index.js';
import { pageSql, PreparedSearch } from './page-sql.js';
import { FoundPage, pageOf } from './search.js';
import { Source } from './source.js';
import { Condition } from './tree.js';

/** Comparisons that SQLite makes in a few milliseconds, whatever is compared. */
const COMPARISONS = 5_000;

/** Whether a search that can't look at more rows than this is done sooner than it is handed to a thread. */
export function isQuick({ clauses, order }: PreparedSearch, rows: number): boolean {
  const each = clauses.reduce((sum, { condition }) => sum + weight(condition), order.length);
  return rows * each <= COMPARISONS;
}

function weight(condition: Condition): number {
  switch (condition.kind) {
    case 'compare':
    case 'presence':
      return 1;
    case 'like':
      // A pattern may be tried at each place of a text.
      return 1 + condition.pattern.length;
    case 'among':
      return 1 + condition.values.length;
    default:
      return never(condition);
  }
}

/** What `findPage` finds, for a search that looks at few rows: no other plan is worth a look. */
export async function findAmongFew<Id extends string | number>(
  db: Kysely<unknown>,
  source: Source,
  search: PreparedSearch,
): Promise<FoundPage<Id>> {
  return pageOf<Id>((await pageSql(source, search).execute(db)).rows, search);
}
