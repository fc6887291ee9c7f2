import { microsToMillis, RecordedEvent } from '../../../core/index.js';
import { param, Projection, sqlBuilder, Statements } from '../../../projection/index.js';
import { ArtifactEvent, ArtifactStored, ownerOf } from '../../artifact/events.js';
import { foldersAround } from '../../artifact/path.js';
import { ArtifactTables } from './table.js';

export const artifactListProjection: Projection = {
  name: 'artifacts.artifact-list',
  version: 1,
  tables: ['artifact_entries', 'artifact_versions'],
  schema: (ddl) => [
    ddl
      .createTable('artifact_entries')
      .addColumn('run_id', 'text', (c) => c.notNull())
      .addColumn('folder', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('is_dir', 'integer', (c) => c.notNull())
      .addColumn('size', 'integer')
      .addColumn('sha256', 'text')
      .addPrimaryKeyConstraint('artifact_entries_pk', ['run_id', 'folder', 'name'])
      .compile(),
    ddl
      .createTable('artifact_versions')
      .addColumn('run_id', 'text', (c) => c.notNull())
      .addColumn('path', 'text', (c) => c.notNull())
      .addColumn('revision', 'integer', (c) => c.notNull())
      .addColumn('size', 'integer', (c) => c.notNull())
      .addColumn('sha256', 'text', (c) => c.notNull())
      .addColumn('stored_at', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('artifact_versions_pk', ['run_id', 'path', 'revision'])
      .compile(),
    ddl.createIndex('artifact_versions_by_digest').on('artifact_versions').column('sha256').compile(),
  ],
  prepare: (statements) => {
    const { folder, file, version } = writers(statements);
    return (event) => {
      if (event.type !== ('ArtifactStored' satisfies ArtifactEvent['type'])) return;
      const { path, size, sha256, ...owned } = event.data as unknown as ArtifactStored['data'];
      const runId = ownerOf(owned);
      for (const around of foldersAround(path)) folder({ run_id: runId, ...split(around) });
      file({ run_id: runId, ...split(path), size, sha256 });
      version({ run_id: runId, path, size, sha256, ...when(event) });
    };
  },
};

function writers(statements: Statements) {
  const sql = sqlBuilder<ArtifactTables>();
  const place = { run_id: param<string>('run_id'), folder: param<string>('folder'), name: param<string>('name') };
  const bytes = { size: param<number>('size'), sha256: param<string>('sha256') };
  const folder = sql
    .insertInto('artifact_entries')
    .values({ ...place, is_dir: 1, size: null, sha256: null })
    .onConflict((conflict) => conflict.doNothing());
  const file = sql
    .insertInto('artifact_entries')
    .values({ ...place, is_dir: 0, ...bytes })
    .onConflict((conflict) => conflict.columns(['run_id', 'folder', 'name']).doUpdateSet(bytes));
  const version = sql.insertInto('artifact_versions').values({
    run_id: param('run_id'),
    path: param('path'),
    revision: param('revision'),
    stored_at: param('stored_at'),
    ...bytes,
  });
  return { folder: statements.write(folder), file: statements.write(file), version: statements.write(version) };
}

function split(path: string): { folder: string; name: string } {
  const slash = path.lastIndexOf('/');
  return { folder: slash < 0 ? '' : path.slice(0, slash), name: path.slice(slash + 1) };
}

const when = ({ revision, recordedAt }: RecordedEvent) => ({ revision, stored_at: microsToMillis(recordedAt) });
