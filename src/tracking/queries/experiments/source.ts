import { sql, SqlBool } from 'kysely';
import { Source } from '../../../mlflow/index.js';

/** Where the search language finds the attributes and tags of an experiment. */
export const EXPERIMENT_SOURCE: Source = {
  from: sql`experiments`,
  id: sql`experiments.experiment_id`,
  attributes: {
    name: { sql: sql`experiments.name`, type: 'text' },
    // By number: 10 comes behind 9.
    experiment_id: { sql: sql`experiments.number`, type: 'number' },
    creation_time: { sql: sql`experiments.created`, type: 'number' },
    last_update_time: { sql: sql`experiments.updated`, type: 'number' },
  },
  keyed: ({ key }, alias) => ({
    table: sql`experiment_tags`,
    on: sql<SqlBool>`${sql.ref(`${alias}.experiment_id`)} = experiments.experiment_id AND ${sql.ref(`${alias}.key`)} = ${key}`,
    value: sql.ref(`${alias}.value`),
  }),
};
