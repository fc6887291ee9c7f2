import {
  CompiledQuery,
  DefaultQueryExecutor,
  Dialect,
  DummyDriver,
  Kysely,
  QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { Prepared, Row } from './statements.js';

type Rows = readonly unknown[];
export type Ask = (sql: string, parameters: readonly unknown[]) => Rows | Promise<Rows>;

/** Queries over the read models. Each room names the tables of its own projections. */
export interface Queries {
  /** Typed queries, put together as they are needed. */
  db<Schema>(): Kysely<Schema>;
  /** One that was compiled once, for all that differ in nothing but values. */
  all<Result>(query: Prepared<Result>, values?: Row): Promise<readonly Result[]>;
}

/** Queries that somebody answers: SQLite here, or a thread that has it open. */
export function queriesOver(ask: Ask): Queries {
  const kysely = new Kysely<unknown>({
    config: { dialect: DIALECT },
    dialect: DIALECT,
    driver: DIALECT.createDriver(),
    executor: new ReadExecutor(ask),
  });
  return {
    db: <Schema>() => kysely as Kysely<Schema>,
    all: async <Result>({ sql, bind }: Prepared<Result>, values?: Row) =>
      (await ask(sql, bind(values))) as readonly Result[],
  };
}

/** Only compiles; there are no connections to hand out. */
const DIALECT: Dialect = {
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
};

/**
 * Kysely's own executor gives each query a connection for itself and takes it back, which takes longer than
 * SQLite needs for a small query. Reads have no transactions, so every query is asked as it is.
 */
class ReadExecutor extends DefaultQueryExecutor {
  constructor(private readonly ask: Ask) {
    const none = { provideConnection: () => Promise.reject(new Error('read models have no transactions')) };
    super(new SqliteQueryCompiler(), new SqliteAdapter(), none);
  }

  override async executeQuery<Result>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Result>> {
    return { rows: (await this.ask(sql, parameters)) as Result[] };
  }
}
