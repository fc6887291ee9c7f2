import { sql } from 'kysely';
import type { DdlBuilder } from '../../../projection/index.js';

const texts = (ddl: DdlBuilder, table: string) =>
  ddl
    .createTable(table)
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${table}_key`, ['model_id', 'key'])
    .modifyEnd(sql`without rowid`);

export const loggedModelSchema = (ddl: DdlBuilder) => [
  ddl
    .createTable('logged_models')
    .addColumn('model_id', 'text', (column) => column.primaryKey())
    .addColumn('experiment_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('model_type', 'text', (column) => column.notNull())
    .addColumn('source_run_id', 'text', (column) => column.notNull())
    .addColumn('artifact_location', 'text', (column) => column.notNull())
    .addColumn('deleted', 'integer', (column) => column.notNull())
    .addColumn('creation_timestamp', 'integer', (column) => column.notNull())
    .addColumn('last_updated_timestamp', 'integer', (column) => column.notNull())
    .compile(),
  ddl
    .createIndex('logged_models_by_creation')
    .on('logged_models')
    .columns(['experiment_id', 'creation_timestamp desc', 'model_id'])
    .compile(),
  texts(ddl, 'logged_model_params').compile(),
  texts(ddl, 'logged_model_tags').compile(),
  ddl
    .createTable('logged_model_personal')
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('logged_model_personal_key', ['model_id', 'key'])
    .modifyEnd(sql`without rowid`)
    .compile(),
  ddl.createIndex('logged_model_personal_by_subject').on('logged_model_personal').columns(['subject']).compile(),
  // With row ids, which keep the order of the log; the same point twice is one row.
  ddl
    .createTable('logged_model_metrics')
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('timestamp', 'integer', (column) => column.notNull())
    .addColumn('step', 'integer', (column) => column.notNull())
    .addColumn('value', 'real', (column) => column.notNull())
    .addColumn('is_nan', 'integer', (column) => column.notNull())
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('experiment_id', 'text', (column) => column.notNull())
    .addColumn('dataset_name', 'text')
    .addColumn('dataset_digest', 'text')
    .addPrimaryKeyConstraint('logged_model_metrics_key', [
      'model_id',
      'key',
      'timestamp',
      'step',
      'run_id',
      'value',
      'is_nan',
    ])
    .compile(),
];
