import { sql, SqlBool } from 'kysely';
import { PROMPT_TAG, Source } from '../../../mlflow/index.js';

/** Where the search language finds the attributes and tags of a model version. */
export const VERSION_SOURCE: Source = {
  from: sql`model_versions INNER JOIN registered_models ON registered_models.model_id = model_versions.model_id`,
  id: sql`model_versions.rowid`,
  attributes: {
    name: { sql: sql`registered_models.name`, type: 'text' },
    version_number: { sql: sql`model_versions.version`, type: 'number' },
    run_id: { sql: sql`ifnull(model_versions.run_id, '')`, type: 'text' },
    source_path: { sql: sql`model_versions.source`, type: 'text' },
    creation_timestamp: { sql: sql`model_versions.created_at`, type: 'number' },
    last_updated_timestamp: { sql: sql`model_versions.updated_at`, type: 'number' },
  },
  keyed: ({ key }, alias) => ({
    table: sql`model_version_tags`,
    on: sql<SqlBool>`${sql.ref(`${alias}.model_id`)} = model_versions.model_id AND ${sql.ref(`${alias}.version`)} = model_versions.version AND ${sql.ref(`${alias}.key`)} = ${key}`,
    value: sql.ref(`${alias}.value`),
  }),
};

/** As MLflow has it: one version that is a prompt makes all of its model's ones prompts. */
export const NO_PROMPT = sql<SqlBool>`NOT EXISTS (SELECT 1 FROM model_version_tags AS prompt WHERE prompt.model_id = model_versions.model_id AND prompt.key = ${PROMPT_TAG} AND prompt.value = 'true')`;
