import { param, Row, sqlBuilder, Statements } from '../../projection/index.js';
import { Stage } from '../stage.js';
import { RegistryTables } from './table.js';

/** Every write of the registry's read model, prepared once. */
export function registryStatements(statements: Statements) {
  const sql = sqlBuilder<RegistryTables>();
  const model = param<string>('modelId');
  const version = param<number>('version');
  const at = param<number>('at');
  const value = param<string>('value');
  const key = param<string>('key');
  const description = param<string>('description');
  const alias = param<string>('alias');
  const stage = param<Stage>('stage');
  const ofVersion = { model_id: model, version };
  const write = (query: Parameters<Statements['write']>[0]): ((row: Row) => number) => statements.write(query);
  return {
    addModel: write(
      sql
        .insertInto('registered_models')
        .values({ model_id: model, name: param('name'), description, created_at: at, updated_at: at }),
    ),
    touchModel: write(sql.updateTable('registered_models').set({ updated_at: at }).where('model_id', '=', model)),
    renameModel: [
      write(
        sql
          .updateTable('registered_models')
          .set({ name: param<string>('name'), updated_at: at })
          .where('model_id', '=', model),
      ),
      write(sql.updateTable('model_versions').set({ updated_at: at }).where('model_id', '=', model)),
    ],
    describeModel: write(sql.updateTable('registered_models').set({ description }).where('model_id', '=', model)),
    setModelTag: write(
      sql
        .insertInto('registered_model_tags')
        .values({ model_id: model, key, value })
        .onConflict((conflict) => conflict.columns(['model_id', 'key']).doUpdateSet({ value })),
    ),
    setAlias: write(
      sql
        .insertInto('registered_model_aliases')
        .values({ ...ofVersion, alias })
        .onConflict((conflict) => conflict.columns(['model_id', 'alias']).doUpdateSet({ version })),
    ),
    dropAlias: write(
      sql.deleteFrom('registered_model_aliases').where('model_id', '=', model).where('alias', '=', alias),
    ),
    dropModelTag: write(sql.deleteFrom('registered_model_tags').where('model_id', '=', model).where('key', '=', key)),
    dropModel: [
      write(sql.deleteFrom('registered_models').where('model_id', '=', model)),
      write(sql.deleteFrom('registered_model_tags').where('model_id', '=', model)),
      write(sql.deleteFrom('model_versions').where('model_id', '=', model)),
      write(sql.deleteFrom('model_version_tags').where('model_id', '=', model)),
      write(sql.deleteFrom('registered_model_aliases').where('model_id', '=', model)),
    ],
    addVersion: write(
      sql.insertInto('model_versions').values({
        ...ofVersion,
        source: param('source'),
        storage: param('storage'),
        logged_model_id: param('loggedModelId'),
        run_id: param('runId'),
        run_link: param('runLink'),
        description,
        stage,
        created_at: at,
        updated_at: at,
      }),
    ),
    touchVersion: write(
      sql
        .updateTable('model_versions')
        .set({ updated_at: at })
        .where('model_id', '=', model)
        .where('version', '=', version),
    ),
    sealVersion: write(
      sql
        .updateTable('model_versions')
        .set({ storage: param<string>('storage') })
        .where('model_id', '=', model)
        .where('version', '=', version),
    ),
    describeVersion: write(
      sql
        .updateTable('model_versions')
        .set({ description })
        .where('model_id', '=', model)
        .where('version', '=', version),
    ),
    moveVersion: write(
      sql
        .updateTable('model_versions')
        .set({ stage, updated_at: at })
        .where('model_id', '=', model)
        .where('version', '=', version),
    ),
    setVersionTag: write(
      sql
        .insertInto('model_version_tags')
        .values({ ...ofVersion, key, value })
        .onConflict((conflict) => conflict.columns(['model_id', 'version', 'key']).doUpdateSet({ value })),
    ),
    dropVersionTag: write(
      sql
        .deleteFrom('model_version_tags')
        .where('model_id', '=', model)
        .where('version', '=', version)
        .where('key', '=', key),
    ),
    dropVersion: [
      write(sql.deleteFrom('model_versions').where('model_id', '=', model).where('version', '=', version)),
      write(sql.deleteFrom('model_version_tags').where('model_id', '=', model).where('version', '=', version)),
      write(sql.deleteFrom('registered_model_aliases').where('model_id', '=', model).where('version', '=', version)),
    ],
  };
}

export type RegistryStatements = ReturnType<typeof registryStatements>;
