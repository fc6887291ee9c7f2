import { sql, SqlBool } from 'kysely';
import { PROMPT_TAG, Source } from '../../../mlflow/index.js';

/** Where the search language finds the attributes and tags of a registered model. */
export const MODEL_SOURCE: Source = {
  from: sql`registered_models`,
  id: sql`registered_models.model_id`,
  attributes: {
    name: { sql: sql`registered_models.name`, type: 'text' },
    last_updated_timestamp: { sql: sql`registered_models.updated_at`, type: 'number' },
  },
  keyed: ({ key }, alias) => ({
    table: sql`registered_model_tags`,
    on: sql<SqlBool>`${sql.ref(`${alias}.model_id`)} = registered_models.model_id AND ${sql.ref(`${alias}.key`)} = ${key}`,
    value: sql.ref(`${alias}.value`),
  }),
};

export const NO_PROMPT = sql<SqlBool>`NOT EXISTS (SELECT 1 FROM registered_model_tags AS prompt WHERE prompt.model_id = registered_models.model_id AND prompt.key = ${PROMPT_TAG} AND prompt.value = 'true')`;
