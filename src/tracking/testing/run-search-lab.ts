import { sql } from 'kysely';
import { findPage, PlanLimits, prepareSearch, RUNS, SearchInput } from '../../mlflow/index.js';
import { SearchTables } from '../../mlflow/search/testing/tables.js';
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
export class RunSearchLab extends SearchTables {
  constructor(runs: readonly SearchedRun[]) {
    super(runSchema(sqlBuilder<unknown>().schema));
    for (const run of runs) this.add(run);
  }

  add({ run_id, name, status, user, start_time, end_time, params, tags, metrics, inputs }: SearchedRun): void {
    this.put('runs', { run_id, experiment_id: '1', name, status, start_time, end_time, deleted: 0, user });
    this.putTexts('params', { run_id }, params);
    this.putTexts('run_tags', { run_id }, tags);
    for (const [key, value] of Object.entries(metrics)) {
      const nan = Number.isNaN(value);
      this.put('latest_metrics', { run_id, key, timestamp: 1, step: 1, value: nan ? 0 : value, is_nan: nan ? 1 : 0 });
    }
    for (const { name: input, digest, contexts } of inputs) {
      const context = contexts.map((value) => ({ key: 'mlflow.data.context', value }));
      const json = JSON.stringify({ tags: [{ key: 'other', value: 'x' }, ...context] });
      this.put('inputs', { run_id, name: input, digest, input: json });
    }
  }

  remove({ run_id }: SearchedRun): void {
    this.run('UPDATE runs SET deleted = 1 WHERE run_id = ?', run_id);
  }

  setMetric(run_id: string, key: string, value: number): void {
    this.run('UPDATE latest_metrics SET value = ? WHERE run_id = ? AND key = ?', value, run_id, key);
  }

  /** How SQLite goes about a query. */
  plan(query: string): readonly string[] {
    const statement = this.connection.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${query}`);
    return statement.all(...Array.from(query.matchAll(/\?/g), () => null)).map(({ detail }) => detail);
  }

  /** `limits`: those of a plan that only large tables get, or the ordinary ones. */
  page(search: LabSearch, limits?: PlanLimits) {
    const scope = sql<boolean>`runs.experiment_id = ${'1'} AND runs.deleted = 0`;
    const prepared = prepareSearch({ limit: 1000, ...search }, RUNS, { scope, about: 1 });
    return findPage<string>(this.db, RUN_SOURCE, prepared, limits);
  }
}
