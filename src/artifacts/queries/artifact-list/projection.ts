import { microsToMillis, RecordedEvent } from '../../../core/index.js';
import { param, Projection, sqlBuilder, Statements } from '../../../projection/index.js';
import { ArtifactDeleted, ArtifactEvent, ArtifactStored, ownerOf } from '../../artifact/events.js';
import { foldersAround } from '../../artifact/path.js';
import { ArtifactTables } from './table.js';

export const artifactListProjection: Projection = {
  name: 'artifacts.artifact-list',
  version: 2,
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
      .addColumn('deleted_at', 'integer')
      .addPrimaryKeyConstraint('artifact_versions_pk', ['run_id', 'path', 'revision'])
      .compile(),
    ddl.createIndex('artifact_versions_by_digest').on('artifact_versions').column('sha256').compile(),
  ],
  prepare: (statements) => {
    const write = writers(statements);
    return (event) => {
      switch (event.type as ArtifactEvent['type']) {
        case 'ArtifactStored':
          return stored(write, event);
        case 'ArtifactDeleted':
          return deleted(write, event);
        default: // an event of another room
      }
    };
  },
};

type Writers = ReturnType<typeof writers>;

function stored({ folder, file, version }: Writers, { data, revision, recordedAt }: RecordedEvent): void {
  const { path, size, sha256, ...owned } = data as unknown as ArtifactStored['data'];
  const runId = ownerOf(owned);
  for (const around of foldersAround(path)) folder({ run_id: runId, ...split(around) });
  file({ run_id: runId, ...split(path), size, sha256 });
  version({ run_id: runId, path, size, sha256, revision, stored_at: microsToMillis(recordedAt) });
}

function deleted(write: Writers, { data, recordedAt }: RecordedEvent): void {
  const { path, ...owned } = data as unknown as ArtifactDeleted['data'];
  const runId = ownerOf(owned);
  write.unlist({ run_id: runId, ...split(path) });
  // From the inside out: a folder is empty once the one in it is gone.
  for (const around of foldersAround(path).toReversed())
    write.unlistEmpty({ run_id: runId, path: around, ...split(around) });
  write.endVersions({ run_id: runId, path, deleted_at: microsToMillis(recordedAt) });
}

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
    deleted_at: null,
    ...bytes,
  });
  return {
    folder: statements.write(folder),
    file: statements.write(file),
    version: statements.write(version),
    ...deleters(statements),
  };
}

function deleters(statements: Statements) {
  const sql = sqlBuilder<ArtifactTables>();
  const run = param<string>('run_id');
  const unlist = sql
    .deleteFrom('artifact_entries')
    .where('run_id', '=', run)
    .where('folder', '=', param('folder'))
    .where('name', '=', param('name'));
  const within = sql
    .selectFrom('artifact_entries')
    .select('name')
    .where('run_id', '=', run)
    .where('folder', '=', param('path'));
  const unlistEmpty = unlist.where((entry) => entry.not(entry.exists(within)));
  const endVersions = sql
    .updateTable('artifact_versions')
    .set({ deleted_at: param('deleted_at') })
    .where('run_id', '=', run)
    .where('path', '=', param('path'))
    .where('deleted_at', 'is', null);
  return {
    unlist: statements.write(unlist),
    unlistEmpty: statements.write(unlistEmpty),
    endVersions: statements.write(endVersions),
  };
}

function split(path: string): { folder: string; name: string } {
  const slash = path.lastIndexOf('/');
  return { folder: slash < 0 ? '' : path.slice(0, slash), name: path.slice(slash + 1) };
}
