import { RawBuilder, sql, SqlBool } from 'kysely';
import { Clause, comparatorSql, Keyed, Source, ValueIndex } from '../../../mlflow/index.js';
import { INDEXED_BYTES, INDEXED_VALUE } from './schema.js';

const CONTEXT = 'mlflow.data.context';

/** Where the search language finds the attributes, metrics, parameters, tags and data sets of a run. */
export const RUN_SOURCE: Source = {
  from: sql`runs`,
  id: sql`runs.run_id`,
  attributes: {
    run_id: { sql: sql`runs.run_id`, type: 'text' },
    run_name: { sql: sql`runs.name`, type: 'text' },
    status: { sql: sql`runs.status`, type: 'text' },
    user_id: { sql: sql`runs.user`, type: 'text' },
    artifact_uri: {
      sql: sql`('mlflow-artifacts:/' || runs.experiment_id || '/' || runs.run_id || '/artifacts')`,
      type: 'text',
    },
    start_time: { sql: sql`runs.start_time`, type: 'number' },
    end_time: { sql: sql`runs.end_time`, type: 'number', nullable: true },
  },
  keyed: ({ kind, key }, alias) => ({
    table: sql.table(TABLES[kind]),
    on: sql<SqlBool>`${column(alias, 'run_id')} = runs.run_id AND ${column(alias, 'key')} = ${key}`,
    value: column(alias, 'value'),
    ...(kind === 'metric' ? { isNan: column(alias, 'is_nan') } : {}),
  }),
  datasets: (name, alias) => {
    const ofRun = sql<SqlBool>`${column(alias, 'run_id')} = runs.run_id`;
    switch (name) {
      case 'name':
      case 'digest':
        return { table: sql`inputs`, on: ofRun, value: column(alias, name) };
      case 'context':
        return { table: CONTEXTS, on: ofRun, value: column(alias, 'value') };
      default:
        throw new Error(`runs have no data set attribute ${name}`);
    }
  },
  candidates,
  valueIndex,
};

/** Where an index can tell that few runs match: a child's parent, one setting among thousands, the best losses. */
function candidates({ target, condition }: Clause) {
  if (target.kind === 'attribute' || target.kind === 'dataset') return undefined;
  const { table, id, present, numbered, value, held } = valueIndex(target);
  const where = (what: RawBuilder<SqlBool>) => sql<{ id: string }>`SELECT ${id} AS id FROM ${table} WHERE ${what}`;
  if (condition.kind === 'presence') return condition.present ? where(present) : undefined;
  if (condition.kind !== 'compare' || condition.comparator === '!=') return undefined;
  if (target.kind !== 'metric' && condition.comparator !== '=') return undefined;
  return where(sql<SqlBool>`${numbered} AND ${value} ${comparatorSql(condition.comparator)} ${held(condition.value)}`);
}

function valueIndex({ kind, key }: Keyed): ValueIndex {
  const present = sql<SqlBool>`key = ${key}`;
  const common = { table: sql.table(TABLES[kind]), id: sql`run_id`, present };
  if (kind === 'metric') {
    const nan = (is: 0 | 1) => sql<SqlBool>`${present} AND is_nan = ${sql.lit(is)}`;
    return { ...common, numbered: nan(0), nan: nan(1), value: sql`value`, held: Number, whole: () => true };
  }
  return {
    ...common,
    numbered: present,
    value: INDEXED_VALUE,
    held: (value) => Buffer.from(String(value)).subarray(0, INDEXED_BYTES),
    whole: (held) => typeof held !== 'number' && held.length < INDEXED_BYTES,
  };
}

const TABLES: Readonly<Record<Keyed['kind'], string>> = { metric: 'latest_metrics', param: 'params', tag: 'run_tags' };

/** What a data set was used for is a tag of its input, and inputs are kept as JSON. */
const CONTEXTS = sql`(SELECT inputs.run_id, tag.value ->> 'value' AS value FROM inputs, json_each(inputs.input, '$.tags') AS tag WHERE tag.value ->> 'key' = ${CONTEXT})`;

const column = (alias: string, name: string): RawBuilder<unknown> => sql.ref(`${alias}.${name}`);
