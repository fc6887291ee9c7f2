import { microsToMillis, RecordedEvent } from '../../../core/index.js';
import { param, Projection, sqlBuilder } from '../../../projection/index.js';
import { DatasetEvent } from '../../dataset/events.js';
import { DatasetTables } from './table.js';

const sql = sqlBuilder<DatasetTables>();

export const datasetsProjection: Projection = {
  name: 'tracking.datasets',
  version: 1,
  tables: ['datasets'],
  schema: (ddl) => [
    ddl
      .createTable('datasets')
      .addColumn('dataset_id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('sha256', 'text', (column) => column.notNull())
      .addColumn('size', 'integer', (column) => column.notNull())
      .addColumn('rows', 'integer', (column) => column.notNull())
      .addColumn('columns', 'text', (column) => column.notNull())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('registered', 'integer', (column) => column.notNull())
      .compile(),
    ddl.createIndex('datasets_by_time').on('datasets').columns(['registered desc', 'dataset_id']).compile(),
  ],
  prepare: (statements) => {
    const insert = statements.write(
      sql.insertInto('datasets').values({
        dataset_id: param('id'),
        name: param('name'),
        sha256: param('sha256'),
        size: param('size'),
        rows: param('rows'),
        columns: param('columns'),
        source: param('source'),
        registered: param('at'),
      }),
    );
    return (event) => {
      if (event.type !== 'DatasetRegistered') return;
      const {
        datasetId: id,
        name,
        sha256,
        size,
        rows,
        columns,
        source = '',
      } = (event as RecordedEvent & DatasetEvent).data;
      insert({
        id,
        name,
        sha256,
        size,
        rows,
        columns: JSON.stringify(columns),
        source,
        at: microsToMillis(event.recordedAt),
      });
    };
  },
};
