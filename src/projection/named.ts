import { RawBuilder, sql, SqlBool } from 'kysely';
import { asGlob, NamePattern } from '../core/index.js';

/** Rows whose name some pattern stands for; all of them, where there are no patterns to be held to. */
export function named(column: string, patterns: readonly NamePattern[] | undefined): RawBuilder<SqlBool> {
  if (patterns === undefined) return sql<SqlBool>`TRUE`;
  if (patterns.length === 0) return sql<SqlBool>`FALSE`;
  const either = patterns.map((pattern) => sql<SqlBool>`${sql.ref(column)} GLOB ${asGlob(pattern)}`);
  return sql<SqlBool>`(${sql.join(either, sql` OR `)})`;
}
