import { sql } from 'kysely';
import type { DdlBuilder } from '../../../projection/index.js';

/** The start of a value tells nearly all apart; whole values of thousands of characters would double the file. */
export const INDEXED_BYTES = 64;
/** Bytes, because a text ends for `substr` at its first NUL; they sort as the texts do. Of no bytes it makes NULL. */
export const INDEXED_VALUE = sql`ifnull(substr(CAST(value AS BLOB), 1, ${sql.lit(INDEXED_BYTES)}), x'')`;

const byValue = (ddl: DdlBuilder, table: string) =>
  ddl.createIndex(`${table}_by_value`).on(table).columns(['key']).expression(INDEXED_VALUE).compile();

const keyed = (ddl: DdlBuilder, table: string) =>
  ddl
    .createTable(table)
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${table}_key`, ['run_id', 'key'])
    .modifyEnd(sql`without rowid`);

const points = (
  ddl: DdlBuilder,
  table: string,
  key: readonly ('run_id' | 'key' | 'timestamp' | 'step' | 'value' | 'is_nan')[],
) =>
  ddl
    .createTable(table)
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('timestamp', 'integer', (column) => column.notNull())
    .addColumn('step', 'integer', (column) => column.notNull())
    .addColumn('value', 'real', (column) => column.notNull())
    .addColumn('is_nan', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${table}_key`, [...key])
    .modifyEnd(sql`without rowid`);

/** A metric point is its own key: the same point twice is one row. */
export const runSchema = (ddl: DdlBuilder) => [
  ddl
    .createTable('runs')
    .addColumn('run_id', 'text', (column) => column.primaryKey())
    .addColumn('experiment_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('start_time', 'integer', (column) => column.notNull())
    .addColumn('end_time', 'integer')
    .addColumn('deleted', 'integer', (column) => column.notNull())
    .addColumn('user', 'text', (column) => column.notNull())
    .compile(),
  // Holds all that a search looks at, so that only the runs of the page itself are read from the table.
  ddl
    .createIndex('runs_by_start')
    .on('runs')
    .columns(['experiment_id', 'start_time desc', 'run_id', 'deleted'])
    .compile(),
  ddl
    .createIndex('runs_by_name')
    .on('runs')
    .columns(['experiment_id', 'name', 'start_time desc', 'run_id', 'deleted'])
    .compile(),
  keyed(ddl, 'params').compile(),
  byValue(ddl, 'params'),
  keyed(ddl, 'run_tags').compile(),
  byValue(ddl, 'run_tags'),
  points(ddl, 'metrics', ['run_id', 'key', 'timestamp', 'step', 'value', 'is_nan']).compile(),
  points(ddl, 'latest_metrics', ['run_id', 'key']).compile(),
  // The projection writes a metric's latest point once a batch, so this costs little for each point.
  ddl.createIndex('latest_metrics_by_value').on('latest_metrics').columns(['key', 'is_nan', 'value']).compile(),
  ddl
    .createTable('inputs')
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('input', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('inputs_key', ['run_id', 'name', 'digest'])
    .modifyEnd(sql`without rowid`)
    .compile(),
  // What inputs that are larger than an event are put together from.
  ddl
    .createTable('input_texts')
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('sha256', 'text', (column) => column.notNull())
    .addColumn('part', 'integer', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('input_texts_key', ['run_id', 'sha256', 'part'])
    .compile(),
  ddl
    .createTable('run_models')
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('step', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('run_models_key', ['run_id', 'role', 'model_id'])
    .modifyEnd(sql`without rowid`)
    .compile(),
  // Whose personal data was opened, and where it stands: what has to go when they are erased.
  ddl
    .createTable('run_personal')
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('place', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('run_personal_key', ['run_id', 'place'])
    .modifyEnd(sql`without rowid`)
    .compile(),
  ddl.createIndex('run_personal_by_subject').on('run_personal').columns(['subject']).compile(),
  ddl
    .createTable('experiment_datasets')
    .addColumn('experiment_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('context', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('experiment_datasets_key', ['experiment_id', 'name', 'digest', 'context'])
    .modifyEnd(sql`without rowid`)
    .compile(),
];
