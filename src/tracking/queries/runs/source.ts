import { RawBuilder, sql, SqlBool } from 'kysely';
import { Clause, Keyed, Source } from '../../../mlflow/index.js';
import { INDEXED_VALUE } from './schema.js';

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
};

/** Only equality is worth an index: a child's parent, a user, one setting among thousands. */
function candidates({ target, condition }: Clause) {
  if (target.kind !== 'param' && target.kind !== 'tag') return undefined;
  if (condition.kind !== 'compare' || condition.comparator !== '=') return undefined;
  const { key } = target;
  return sql<{
    id: string;
  }>`SELECT run_id AS id FROM ${sql.table(TABLES[target.kind])} WHERE key = ${key} AND ${INDEXED_VALUE} = substr(${condition.value}, 1, 64)`;
}

const TABLES: Readonly<Record<Keyed['kind'], string>> = { metric: 'latest_metrics', param: 'params', tag: 'run_tags' };

/** What a data set was used for is a tag of its input, and inputs are kept as JSON. */
const CONTEXTS = sql`(SELECT inputs.run_id, tag.value ->> 'value' AS value FROM inputs, json_each(inputs.input, '$.tags') AS tag WHERE tag.value ->> 'key' = ${CONTEXT})`;

const column = (alias: string, name: string): RawBuilder<unknown> => sql.ref(`${alias}.${name}`);
