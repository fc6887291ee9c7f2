import Database from 'better-sqlite3';
import { Kysely, sql, SqliteDialect } from 'kysely';
import { findAmongFew, findPage, PlanLimits, prepareSearch, RUNS, SearchInput } from '../../mlflow/index.js';
import { sqlBuilder } from '../../projection/index.js';
import { runSchema } from '../queries/runs/schema.js';
import { RUN_SOURCE } from '../queries/runs/source.js';

/** A run with all that a search can look at. */
export interface SearchedRun {
  readonly run_id: string;
  readonly name: string;
  readonly status: string;
  readonly user: string;
  readonly start_time: number;
  readonly end_time: number | null;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly inputs: readonly { readonly name: string; readonly digest: string; readonly contexts: readonly string[] }[];
}

export type LabSearch = Partial<SearchInput>;

/** The tables of runs with rows of the test's own, and the search over them. */
export class RunSearchLab {
  private readonly connection = new Database(':memory:');
  /** What happens after each query. */
  onQuery: (sql: string) => void = () => {};
  readonly db = new Kysely<unknown>({
    dialect: new SqliteDialect({ database: this.connection }),
    log: ({ query }) => this.onQuery(query.sql),
  });

  constructor(runs: readonly SearchedRun[]) {
    for (const statement of runSchema(sqlBuilder<unknown>().schema)) this.connection.exec(statement.sql);
    for (const run of runs) this.add(run);
  }

  add({ run_id, name, status, user, start_time, end_time, params, tags, metrics, inputs }: SearchedRun): void {
    const put = (table: string, row: readonly unknown[]) =>
      this.connection.prepare(`INSERT INTO ${table} VALUES (${row.map(() => '?').join()})`).run(...row);
    put('runs', [run_id, '1', name, status, start_time, end_time, 0, user]);
    for (const [key, value] of Object.entries(params)) put('params', [run_id, key, value]);
    for (const [key, value] of Object.entries(tags)) put('run_tags', [run_id, key, value]);
    for (const [key, value] of Object.entries(metrics)) {
      const nan = Number.isNaN(value);
      put('latest_metrics', [run_id, key, 1, 1, nan ? 0 : value, nan ? 1 : 0]);
    }
    for (const { name: input, digest, contexts } of inputs) {
      const tag = contexts.map((value) => ({ key: 'mlflow.data.context', value }));
      put('inputs', [run_id, input, digest, JSON.stringify({ tags: [{ key: 'other', value: 'x' }, ...tag] })]);
    }
  }

  setMetric(run_id: string, key: string, value: number): void {
    this.connection.prepare('UPDATE latest_metrics SET value = ? WHERE run_id = ? AND key = ?').run(value, run_id, key);
  }

  /** How SQLite goes about a query. */
  plan(query: string): readonly string[] {
    const statement = this.connection.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${query}`);
    return statement.all(...Array.from(query.matchAll(/\?/g), () => null)).map(({ detail }) => detail);
  }

  /** `limits`: those of a plan that only large tables get, or the ordinary ones. */
  async page(search: LabSearch, limits?: PlanLimits) {
    const scope = sql<boolean>`runs.experiment_id = ${'1'} AND runs.deleted = 0`;
    const prepared = prepareSearch({ limit: 1000, ...search }, RUNS, { scope, about: 1 });
    const page = await findPage<string>(this.db, RUN_SOURCE, prepared, limits);
    if (limits === undefined) {
      const few = await findAmongFew<string>(this.db, RUN_SOURCE, prepared);
      if (JSON.stringify(few) !== JSON.stringify(page)) throw new Error('two plans for one search differ');
    }
    return page;
  }

  /** Every page of it, with something happening between two of them. */
  async all(search: LabSearch, between = () => {}, limits?: PlanLimits) {
    const found: string[] = [];
    for (let pageToken: string | undefined; ;) {
      const page = await this.page({ ...search, ...(pageToken ? { pageToken } : {}) }, limits);
      found.push(...page.ids);
      if (page.nextPageToken === undefined) return found;
      pageToken = page.nextPageToken;
      between();
    }
  }

  close(): void {
    this.connection.close();
  }
}
