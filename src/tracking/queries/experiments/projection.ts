import { sql as raw } from 'kysely';
import { microsToMillis, RecordedEvent } from '../../../core/index.js';
import { param, Projection, sqlBuilder, Statements } from '../../../projection/index.js';
import { DirectoryEvent } from '../../experiment/directory.js';
import { ExperimentEvent } from '../../experiment/events.js';
import { ExperimentTables } from './table.js';

const sql = sqlBuilder<ExperimentTables>();

export const experimentsProjection: Projection = {
  name: 'tracking.experiments',
  version: 1,
  tables: ['experiments', 'experiment_tags'],
  schema: (ddl) => [
    ddl
      .createTable('experiments')
      .addColumn('experiment_id', 'text', (column) => column.primaryKey())
      .addColumn('number', 'integer', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('artifact_location', 'text', (column) => column.notNull())
      .addColumn('deleted', 'integer', (column) => column.notNull())
      .addColumn('created', 'integer', (column) => column.notNull())
      .addColumn('updated', 'integer', (column) => column.notNull())
      .compile(),
    // Names are unique because the directory says so; a read model that insisted could stop at an event for ever.
    ddl.createIndex('experiments_by_name').on('experiments').columns(['name']).compile(),
    ddl.createIndex('experiments_by_creation').on('experiments').columns(['created desc', 'number']).compile(),
    ddl
      .createTable('experiment_tags')
      .addColumn('experiment_id', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('experiment_tags_key', ['experiment_id', 'key'])
      .modifyEnd(raw`without rowid`)
      .compile(),
  ],
  prepare: (statements) => {
    const write = prepare(statements);
    return (event) => apply(event as RecordedEvent & (ExperimentEvent | DirectoryEvent), write);
  },
};

function prepare(statements: Statements) {
  const id = param<string>('id');
  const updated = param<number>('at');
  return {
    create: statements.write(
      sql.insertInto('experiments').values({
        experiment_id: id,
        number: param('number'),
        name: param('name'),
        artifact_location: param('location'),
        deleted: 0,
        created: updated,
        updated,
      }),
    ),
    rename: statements.write(
      sql
        .updateTable('experiments')
        .set({ name: param('name'), updated })
        .where('experiment_id', '=', id),
    ),
    setDeleted: statements.write(
      sql
        .updateTable('experiments')
        .set({ deleted: param('deleted'), updated })
        .where('experiment_id', '=', id),
    ),
    setTag: statements.write(
      sql
        .insertInto('experiment_tags')
        .values({ experiment_id: id, key: param('key'), value: param('value') })
        .onConflict((conflict) =>
          conflict.columns(['experiment_id', 'key']).doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
        ),
    ),
    deleteTag: statements.write(
      sql.deleteFrom('experiment_tags').where('experiment_id', '=', id).where('key', '=', param('key')),
    ),
  };
}

function apply(event: RecordedEvent & (ExperimentEvent | DirectoryEvent), write: ReturnType<typeof prepare>): void {
  const at = microsToMillis(event.recordedAt);
  switch (event.type) {
    case 'ExperimentCreated': {
      const { experimentId: id, name, artifactLocation, tags } = event.data;
      write.create({ id, number: Number(id), name, location: artifactLocation ?? `mlflow-artifacts:/${id}`, at });
      for (const { key, value } of tags) write.setTag({ id, key, value });
      return;
    }
    case 'ExperimentRenamed':
      return void write.rename({ id: event.data.experimentId, name: event.data.name, at });
    case 'ExperimentDeleted':
      return void write.setDeleted({ id: event.data.experimentId, deleted: 1, at });
    case 'ExperimentRestored':
      return void write.setDeleted({ id: event.data.experimentId, deleted: 0, at });
    // Tags leave the time of the last update alone, as MLflow's own store does.
    case 'ExperimentTagSet':
      return void write.setTag({ id: event.data.experimentId, key: event.data.key, value: event.data.value });
    case 'ExperimentTagDeleted':
      return void write.deleteTag({ id: event.data.experimentId, key: event.data.key });
    case 'ExperimentNameReserved':
      return;
    default:
      // Events of other rooms pass by.
      return;
  }
}
