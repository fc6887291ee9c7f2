import Database from 'better-sqlite3';
import { Compilable, DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';

export type SqlValue = string | number | bigint | Buffer | null;
export type Row = Readonly<Record<string, SqlValue>>;

/** A Kysely that only builds SQL: typed by the read model's schema, run by prepared statements. */
export type SqlBuilder<Schema> = Kysely<Schema>;
export type DdlBuilder = Kysely<unknown>['schema'];

export const sqlBuilder = <Schema>(): SqlBuilder<Schema> =>
  new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });

class Param {
  constructor(readonly name: string) {}
}

/** Stands in a Kysely query for a value that is given at each run. */
export const param = <Value = never>(name: string): Value => new Param(name) as Value;

/** A query compiled once: building SQL at every run would cost more than running it. */
export interface Prepared<Result = unknown> {
  readonly sql: string;
  /** The values in their places. @throws when one is missing */
  readonly bind: (values?: Row) => SqlValue[];
  /** What its rows are; nothing has this at run time. */
  readonly result?: Result;
}

export function prepared<Result>(query: Compilable<Result>): Prepared<Result> {
  const { sql, parameters } = query.compile();
  const places = parameters.map((value) => (value instanceof Param ? value.name : undefined));
  const constants = parameters as readonly SqlValue[];
  const bind = (values: Row = {}) =>
    places.map((name, index) => {
      if (name === undefined) return constants[index]!;
      const value = values[name];
      if (value === undefined) throw new Error(`parameter ${name} is missing for: ${sql}`);
      return value;
    });
  return { sql, bind };
}

/** The statements of a connection; named parameters are given at each run. */
export class Statements {
  constructor(private readonly db: Database.Database) {}

  /** A statement without result. Answers the rows changed. */
  write(query: Compilable): (row?: Row) => number {
    const { statement, bind } = this.prepare(query);
    return (row) => statement.run(bind(row)).changes;
  }

  first<Result>(query: Compilable<Result>): (row?: Row) => Result | undefined {
    const { statement, bind } = this.prepare(query);
    return (row) => statement.get(bind(row)) as Result | undefined;
  }

  all<Result>(query: Compilable<Result>): (row?: Row) => readonly Result[] {
    const { statement, bind } = this.prepare(query);
    return (row) => statement.all(bind(row)) as Result[];
  }

  private prepare(query: Compilable) {
    const { sql, bind } = prepared(query);
    return { statement: this.db.prepare(sql), bind };
  }
}
