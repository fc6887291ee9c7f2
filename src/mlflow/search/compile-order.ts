import { RawBuilder, sql } from 'kysely';
import { SortKey } from './keyset.js';
import { Source } from './source.js';
import { OrderKeyed, OrderTerm } from './tree.js';

export interface CompiledOrder {
  readonly joins: RawBuilder<unknown>;
  /** None of them is ever NULL, so that each row has a place that a page can begin behind. */
  readonly keys: readonly SortKey[];
}

export function compileOrder(order: readonly OrderTerm[], source: Source): CompiledOrder {
  const joins: RawBuilder<unknown>[] = [];
  const keys = order.flatMap(({ target, direction }, at): readonly SortKey[] => {
    if (target.kind === 'attribute') {
      const { sql: column, type, nullable } = source.attributes[target.name]!;
      if (!nullable) return [{ sql: column, direction }];
      const missing = sql`CASE WHEN ${column} IS NULL THEN 1 ELSE 0 END`;
      return [
        { sql: missing, direction: 'asc' },
        { sql: sql`ifnull(${column}, ${nothing(type)})`, direction },
      ];
    }
    const alias = `order_${at}`;
    const { join, rank, value } = compileKeyed(target, source, alias);
    joins.push(join);
    return [
      { sql: rank, direction: 'asc' },
      { sql: value, direction },
    ];
  });
  return { joins: joins.length > 0 ? sql` ${sql.join(joins, sql` `)}` : sql``, keys };
}

const nothing = (type: 'text' | 'number') => (type === 'text' ? sql`''` : sql`0`);

/** First what has a value, then NaN, then what lacks the key, whatever the direction. */
function compileKeyed(target: OrderKeyed, source: Source, alias: string) {
  const { table, on, value, isNan } = (source.ordered ?? source.keyed)(target, alias);
  const join = sql`LEFT JOIN ${table} AS ${sql.ref(alias)} ON ${on}`;
  const nan = isNan === undefined ? sql`` : sql` WHEN ${isNan} = 1 THEN 1`;
  const rank = sql`CASE WHEN ${value} IS NULL THEN 2${nan} ELSE 0 END`;
  return { join, rank, value: sql`ifnull(${value}, ${nothing(target.kind === 'metric' ? 'number' : 'text')})` };
}
