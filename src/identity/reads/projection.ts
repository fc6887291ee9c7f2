import { RecordedEvent } from '../../core/index.js';
import { param, Projection, sqlBuilder, Statements } from '../../projection/index.js';
import { ReadEntry, ReadsRecorded } from './events.js';
import { ReadsSchema } from './table.js';

export const readsProjection: Projection = {
  name: 'identity.reads',
  version: 1,
  tables: ['identity_reads'],
  schema: (ddl) => [
    ddl
      .createTable('identity_reads')
      .addColumn('no', 'integer', (column) => column.primaryKey())
      .addColumn('event_id', 'text', (column) => column.notNull())
      .addColumn('actor_id', 'text', (column) => column.notNull())
      .addColumn('via', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('route', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('path', 'text', (column) => column.notNull())
      .addColumn('query', 'text', (column) => column.notNull())
      .addColumn('fields', 'text', (column) => column.notNull())
      .addColumn('count', 'integer', (column) => column.notNull())
      .addColumn('row_count', 'integer')
      .addColumn('first_at', 'integer', (column) => column.notNull())
      .addColumn('last_at', 'integer', (column) => column.notNull())
      .compile(),
    ddl.createIndex('identity_reads_by').on('identity_reads').columns(['actor_id', 'no']).compile(),
    ddl.createIndex('identity_reads_of').on('identity_reads').columns(['kind', 'id', 'no']).compile(),
    ddl.createIndex('identity_reads_at').on('identity_reads').columns(['last_at', 'no']).compile(),
  ],
  prepare,
};

function prepare(statements: Statements): (event: RecordedEvent) => void {
  const insert = insertInto(statements);
  return (event) => {
    if (event.type !== 'ReadsRecorded') return;
    const { reads } = event.data as unknown as ReadsRecorded['data'];
    const { id: actor, via } = event.actor;
    for (const read of reads) insert({ event_id: event.id, actor_id: actor, via, ...columnsOf(read) });
  };
}

const columnsOf = ({ action, route, kind, id, path, query, fields, count, rows, first, last }: ReadEntry) => ({
  action,
  route,
  kind,
  id: id ?? '',
  path: path ?? '',
  query: query ?? '',
  fields: fields?.join(',') ?? '',
  count,
  row_count: rows ?? null,
  first_at: first,
  last_at: last,
});

function insertInto(statements: Statements) {
  const row = {
    event_id: param<string>('event_id'),
    actor_id: param<string>('actor_id'),
    via: param<string>('via'),
    action: param<string>('action'),
    route: param<string>('route'),
    kind: param<string>('kind'),
    id: param<string>('id'),
    path: param<string>('path'),
    query: param<string>('query'),
    fields: param<string>('fields'),
    count: param<number>('count'),
    row_count: param<number | null>('row_count'),
    first_at: param<number>('first_at'),
    last_at: param<number>('last_at'),
  };
  // SQLite numbers the rows, in the order of the log: the same log gives the same numbers.
  return statements.write(
    sqlBuilder<{ identity_reads: Omit<ReadsSchema['identity_reads'], 'no'> }>()
      .insertInto('identity_reads')
      .values(row),
  );
}
