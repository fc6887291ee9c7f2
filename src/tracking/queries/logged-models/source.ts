import { RawBuilder, sql, SqlBool } from 'kysely';
import { Column, Keyed, onDatasets, OrderKeyed, Source } from '../../../mlflow/index.js';
import type { DatasetRef } from './query.js';

const column = (alias: string, name: string): RawBuilder<unknown> => sql.ref(`${alias}.${name}`);
const text = (name: string): Column => ({ sql: column('logged_models', name), type: 'text' });
const number = (name: string): Column => ({ sql: column('logged_models', name), type: 'number' });

const ATTRIBUTES: Source['attributes'] = {
  name: text('name'),
  model_id: text('model_id'),
  experiment_id: text('experiment_id'),
  status: text('status'),
  // MLflow's store has the column and never writes it.
  status_message: { sql: sql`NULL`, type: 'text', nullable: true },
  model_type: text('model_type'),
  source_run_id: text('source_run_id'),
  artifact_location: text('artifact_location'),
  lifecycle_stage: { sql: sql`iif(logged_models.deleted, 'deleted', 'active')`, type: 'text' },
  creation_timestamp: number('creation_timestamp'),
  last_updated_timestamp: number('last_updated_timestamp'),
};

const TABLES: Readonly<Record<Keyed['kind'], string>> = {
  metric: 'logged_model_metrics',
  param: 'logged_model_params',
  tag: 'logged_model_tags',
};

/** Where the search language finds what logged models are searched by; metrics as measured on the data sets, if any. */
export const loggedModelSource = (datasets: readonly DatasetRef[]): Source => ({
  from: sql`logged_models`,
  id: sql`logged_models.model_id`,
  attributes: ATTRIBUTES,
  keyed: ({ kind, key }, alias) => {
    const own = sql<SqlBool>`${column(alias, 'model_id')} = logged_models.model_id AND ${column(alias, 'key')} = ${key}`;
    return {
      table: sql.table(TABLES[kind]),
      on: kind === 'metric' ? sql<SqlBool>`${own} AND ${measuredOn(datasets, alias)}` : own,
      value: column(alias, 'value'),
      ...(kind === 'metric' ? { isNan: column(alias, 'is_nan') } : {}),
    };
  },
  ordered: (target, alias) => ({
    table: latest(target),
    on: sql<SqlBool>`${column(alias, 'model_id')} = logged_models.model_id AND ${column(alias, 'place')} = 1`,
    value: column(alias, 'value'),
    isNan: column(alias, 'is_nan'),
  }),
});

/** With data sets, only models that were measured on one of them are found at all. */
export const anyMetricOn = (datasets: readonly DatasetRef[]): RawBuilder<SqlBool> =>
  datasets.length === 0
    ? sql<SqlBool>`TRUE`
    : sql<SqlBool>`EXISTS (SELECT 1 FROM logged_model_metrics AS seen WHERE seen.model_id = logged_models.model_id AND ${measuredOn(datasets, 'seen')})`;

const measuredOn = (datasets: readonly DatasetRef[], alias: string): RawBuilder<SqlBool> =>
  datasets.length === 0
    ? sql<SqlBool>`TRUE`
    : onDatasets(datasets, column(alias, 'dataset_name'), column(alias, 'dataset_digest'));

/** Of each model the last point of a metric, as MLflow's store orders by it; of several at one place the first logged, which is all that MLflow keeps. */
function latest({ key, dataset }: OrderKeyed): RawBuilder<unknown> {
  const on = measuredOn(dataset ? [dataset] : [], 'logged_model_metrics');
  return sql`(SELECT model_id, value, is_nan, row_number() OVER (PARTITION BY model_id ORDER BY timestamp DESC, step DESC, run_id, rowid) AS place FROM logged_model_metrics WHERE key = ${key} AND ${on})`;
}
