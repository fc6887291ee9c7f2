import { CompiledQuery, Kysely } from 'kysely';
import { ReadModels } from '../read-models.js';
import { Queries } from '../reading.js';

/** Query handlers read from this database, in one thread. */
export function readModelsOver(db: Kysely<unknown>): ReadModels {
  const here: Queries = {
    db: <Schema>() => db as unknown as Kysely<Schema>,
    all: async <Result>({ sql, bind }: Parameters<Queries['all']>[0], values?: Parameters<Queries['all']>[1]) =>
      (await db.executeQuery<Result>(CompiledQuery.raw(sql, [...bind(values)]))).rows,
  };
  return { ...here, searches: here } as unknown as ReadModels;
}
