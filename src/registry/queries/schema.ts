import { sql } from 'kysely';
import { DdlBuilder } from '../../projection/index.js';

export const registrySchema = (ddl: DdlBuilder) => [
  ddl
    .createTable('registered_models')
    .addColumn('model_id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('description', 'text')
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .addColumn('updated_at', 'integer', (c) => c.notNull())
    .compile(),
  ddl.createIndex('registered_models_by_name').on('registered_models').column('name').compile(),
  ddl
    .createTable('registered_model_tags')
    .addColumn('model_id', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('registered_model_tags_pk', ['model_id', 'key'])
    .compile(),
  ddl
    .createTable('model_versions')
    .addColumn('model_id', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('storage', 'text')
    .addColumn('logged_model_id', 'text')
    .addColumn('run_id', 'text')
    .addColumn('run_link', 'text')
    .addColumn('description', 'text')
    .addColumn('stage', 'text', (c) => c.notNull())
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .addColumn('updated_at', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('model_versions_pk', ['model_id', 'version'])
    .compile(),
  // As searches say it: a version without a run has the empty one.
  ddl
    .createIndex('model_versions_by_run')
    .on('model_versions')
    .expression(sql`ifnull(run_id, '')`)
    .compile(),
  ddl.createIndex('model_versions_by_storage').on('model_versions').column('storage').compile(),
  ddl.createIndex('model_versions_by_update').on('model_versions').column('updated_at').compile(),
  ddl
    .createTable('model_version_tags')
    .addColumn('model_id', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('model_version_tags_pk', ['model_id', 'version', 'key'])
    .compile(),
  ddl
    .createTable('registered_model_aliases')
    .addColumn('model_id', 'text', (c) => c.notNull())
    .addColumn('alias', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('registered_model_aliases_pk', ['model_id', 'alias'])
    .compile(),
];
