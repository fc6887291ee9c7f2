import { Expression, ExpressionBuilder, ReferenceExpression, sql, SqlBool } from 'kysely';
import { never } from '../../core/index.js';
import { Clause, Comparator } from './filter.js';

/** LIKE tells cases apart, as MLflow has it on most databases; SQLite's own does not, its GLOB does. */
const globOf = (like: string): string =>
  like
    .replace(/[*?[]/g, (special) => `[${special}]`)
    .replaceAll('%', '*')
    .replaceAll('_', '?');

export function compare<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  column: ReferenceExpression<DB, TB>,
  comparator: Comparator,
  value: string | number,
): Expression<SqlBool> {
  switch (comparator) {
    case 'LIKE':
      return sql<SqlBool>`${eb.ref(column as never)} GLOB ${globOf(String(value))}`;
    case 'ILIKE':
      return sql<SqlBool>`${eb.ref(column as never)} LIKE ${value}`;
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return eb(column, comparator, value as never);
    default:
      return never(comparator);
  }
}

/** MLflow keeps prompts among its models and leaves them out by this tag; what lacks it is no prompt. */
const PROMPT = 'mlflow.prompt.is_prompt';

export const matchesWithoutTag = ({ key, comparator, value }: Extract<Clause, { kind: 'tag' }>): boolean =>
  key === PROMPT && ((comparator === '=' && value === 'false') || (comparator === '!=' && value === 'true'));
