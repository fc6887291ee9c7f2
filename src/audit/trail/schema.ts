import { CreateTableBuilder, sql } from 'kysely';
import type { DdlBuilder } from '../../projection/index.js';

/**
 * No index but the one by event id on the big table: everything else is found through the block index,
 * which gets an entry for the first event of its kind in a block instead of one for each event.
 */
export function schema(ddl: DdlBuilder) {
  return [
    ddl
      .createTable('audit_events')
      .addColumn('ordinal', 'integer', (column) => column.primaryKey())
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn('event_id', sql`any`, (column) => column.notNull())
      .addColumn('recorded_at', 'integer', (column) => column.notNull())
      .addColumn('actor', 'integer', (column) => column.notNull())
      .addColumn('action', 'integer', (column) => column.notNull())
      .addColumn('resource', 'integer', (column) => column.notNull())
      .addColumn('stream', 'integer', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('request_id', sql`any`, (column) => column.notNull())
      .addColumn('correlation_id', sql`any`)
      .addColumn('causation_id', sql`any`)
      .addColumn('reason', 'text')
      .modifyEnd(sql`strict`)
      .compile(),
    ddl.createIndex('audit_events_by_id').on('audit_events').column('event_id').compile(),
    pairs(ddl, 'audit_blocks', ['term', 'block']),
    dictionary(ddl, 'audit_actors', {
      id: 'text',
      on_behalf_of: 'text',
      kind: 'text',
      via: 'text',
      verified: 'integer',
      claimed_name: 'text',
      claim_subject: 'text',
    }),
    dictionary(ddl, 'audit_actions', { name: 'text' }),
    dictionary(ddl, 'audit_streams', { name: 'text' }),
    dictionary(ddl, 'audit_things', { kind: 'text', id: 'text' }),
    dictionary(ddl, 'audit_resources', { thing: 'integer', name: 'text', parents: 'text' }, ['since']),
    ddl
      .createIndex('audit_actors_by_claim')
      .on('audit_actors')
      .column('claim_subject')
      .where('claim_subject', '<>', '')
      .compile(),
    ddl.createIndex('audit_resources_by_name').on('audit_resources').column('name').compile(),
    pairs(ddl, 'audit_belongings', ['resource', 'thing']),
  ];
}

/** Rows under a number, one for each combination of the columns in `key`. */
function dictionary(
  ddl: DdlBuilder,
  table: string,
  key: Readonly<Record<string, 'text' | 'integer'>>,
  more: readonly string[] = [],
) {
  let built: CreateTableBuilder<string, string> = ddl
    .createTable(table)
    .addColumn('no', 'integer', (column) => column.primaryKey());
  for (const [name, type] of Object.entries(key)) built = built.addColumn(name, type, (column) => column.notNull());
  for (const name of more) built = built.addColumn(name, 'integer', (column) => column.notNull());
  return built
    .addUniqueConstraint(`${table}_key`, Object.keys(key))
    .modifyEnd(sql`strict`)
    .compile();
}

function pairs(ddl: DdlBuilder, table: string, columns: readonly [string, string]) {
  let built: CreateTableBuilder<string, string> = ddl.createTable(table);
  for (const name of columns) built = built.addColumn(name, 'integer', (column) => column.notNull());
  return built
    .addPrimaryKeyConstraint(`${table}_key`, [...columns])
    .modifyEnd(sql`strict, without rowid`)
    .compile();
}
