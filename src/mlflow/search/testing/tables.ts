import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import type { WantOrder } from './naive.js';

/** The tables of a read model in memory, with rows of a test's own. */
export class SearchTables {
  readonly connection = new Database(':memory:');
  /** What happens after each query. */
  onQuery: (sql: string) => void = () => {};
  readonly db = new Kysely<unknown>({
    dialect: new SqliteDialect({ database: this.connection }),
    log: ({ query }) => this.onQuery(query.sql),
  });

  constructor(schema: readonly { readonly sql: string }[]) {
    for (const { sql } of schema) this.connection.exec(sql);
  }

  put(table: string, row: Readonly<Record<string, unknown>>): void {
    const names = Object.keys(row);
    const values = names.map((name) => `@${name}`).join();
    this.connection.prepare(`INSERT OR IGNORE INTO ${table} (${names.join()}) VALUES (${values})`).run(row);
  }

  putTexts(table: string, owner: Readonly<Record<string, unknown>>, texts: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(texts)) this.put(table, { ...owner, key, value });
  }

  run(sql: string, ...values: readonly unknown[]): void {
    this.connection.prepare(sql).run(...values);
  }

  close(): void {
    this.connection.close();
  }
}

export const orderTexts = (orders: readonly WantOrder[], prefixed = true): readonly string[] =>
  orders.map(({ entity, key, descending }) => {
    const quote = key.includes('`') ? '"' : '`';
    const name = prefixed || entity !== 'attributes' ? `${entity}.${quote}${key}${quote}` : key;
    return `${name}${descending ? ' DESC' : ''}`;
  });
