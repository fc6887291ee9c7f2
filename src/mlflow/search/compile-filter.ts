import { RawBuilder, sql, SqlBool } from 'kysely';
import { never } from '../../core/index.js';
import { Beside, Source } from './source.js';
import { Clause, Condition, Equality, Ordering } from './tree.js';

type Sql = RawBuilder<SqlBool>;

export function compileFilter(clauses: readonly Clause[], source: Source): Sql {
  if (clauses.length === 0) return sql<SqlBool>`TRUE`;
  return sql<SqlBool>`${sql.join(
    clauses.map((clause, at) => compileClause(clause, source, `filter_${at}`)),
    sql` AND `,
  )}`;
}

function compileClause({ target, condition }: Clause, source: Source, alias: string): Sql {
  switch (target.kind) {
    case 'attribute':
      return compare(source.attributes[target.name]!.sql, condition);
    case 'dataset':
      return besides(source.datasets!(target.name, alias), condition, alias);
    case 'metric':
    case 'param':
    case 'tag':
      return besides(source.keyed(target, alias), condition, alias);
    default:
      return never(target);
  }
}

/** A row that lacks the key fails every comparison, `!=` too: MLflow joins. */
function besides(rows: Beside, condition: Condition, alias: string): Sql {
  const found = (more: Sql): Sql =>
    sql<SqlBool>`EXISTS (SELECT 1 FROM ${rows.table} AS ${sql.ref(alias)} WHERE ${rows.on} AND ${more})`;
  if (condition.kind !== 'presence') return found(compareValue(rows, condition));
  const present = found(sql<SqlBool>`TRUE`);
  return condition.present ? present : sql<SqlBool>`NOT ${present}`;
}

/** NaN is unequal to everything, and neither more nor less than anything. */
function compareValue({ value, isNan }: Beside, condition: Condition): Sql {
  const holds = compare(value, condition);
  if (isNan === undefined) return holds;
  return condition.kind === 'compare' && condition.comparator === '!='
    ? sql<SqlBool>`(${isNan} = 1 OR ${holds})`
    : sql<SqlBool>`(${isNan} = 0 AND ${holds})`;
}

function compare(value: RawBuilder<unknown>, condition: Condition): Sql {
  switch (condition.kind) {
    case 'compare':
      return sql<SqlBool>`${value} ${comparatorSql(condition.comparator)} ${condition.value}`;
    case 'like':
      // SQLite's LIKE takes a and A for the same, as MLflow's ILIKE does there; GLOB does not.
      return condition.caseSensitive
        ? sql<SqlBool>`${value} GLOB ${globOf(condition.pattern)}`
        : sql<SqlBool>`${value} LIKE ${condition.pattern}`;
    case 'among': {
      const not = condition.negated ? sql`NOT ` : sql``;
      // One parameter, however long the list is.
      return sql<SqlBool>`${value} ${not}IN (SELECT value FROM json_each(${JSON.stringify(condition.values)}))`;
    }
    case 'presence':
      return condition.present ? sql<SqlBool>`${value} IS NOT NULL` : sql<SqlBool>`${value} IS NULL`;
    default:
      return never(condition);
  }
}

export function comparatorSql(comparator: Equality | Ordering): RawBuilder<unknown> {
  switch (comparator) {
    case '=':
      return sql`=`;
    case '!=':
      return sql`!=`;
    case '>':
      return sql`>`;
    case '>=':
      return sql`>=`;
    case '<':
      return sql`<`;
    case '<=':
      return sql`<=`;
    default:
      return never(comparator);
  }
}

/** The same pattern in GLOB's words; what is special there and not here goes in brackets. */
export const globOf = (like: string): string =>
  like
    .replace(/[*?[]/g, (special) => `[${special}]`)
    .replaceAll('%', '*')
    .replaceAll('_', '?');
