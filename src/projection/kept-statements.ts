import Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';

const KEPT = 200;

/** Prepares each of the few texts of queries that a server has once, not at each call. */
export function keptStatements(connection: Database.Database): (sql: string) => Database.Statement {
  const kept = new LRUCache<string, Database.Statement>({ max: KEPT });
  return (sql) => {
    const known = kept.get(sql);
    if (known) return known;
    const statement = connection.prepare(sql);
    kept.set(sql, statement);
    return statement;
  };
}
