import { DdlBuilder } from '../../../projection/index.js';

export const activitiesDdl = (ddl: DdlBuilder) => [
  ddl
    .createTable('version_activities')
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('model_id', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('activity_id', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('comment', 'text')
    .addColumn('system_comment', 'text')
    .addColumn('from_stage', 'text')
    .addColumn('to_stage', 'text')
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .addColumn('updated_at', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('version_activities_pk', ['model_id', 'version', 'position'])
    .compile(),
  ddl.createIndex('version_activities_by_id').on('version_activities').column('activity_id').compile(),
  ddl
    .createTable('stage_requests')
    .addColumn('approval_id', 'text', (c) => c.primaryKey())
    .addColumn('model_id', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('to_stage', 'text', (c) => c.notNull())
    .compile(),
];
