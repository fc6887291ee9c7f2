import { Kysely } from 'kysely';
import { ReadModels } from '../read-models.js';

/** Query handlers read from this database, in one thread. */
export const readModelsOver = (db: Kysely<unknown>): ReadModels =>
  ({ db: () => db, searches: { db: () => db } }) as unknown as ReadModels;
