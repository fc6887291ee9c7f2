import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { sql } from 'kysely';
import { ReadModels } from '../../../projection/index.js';
import { keysetAfter, readToken, writeToken } from '../../../mlflow/index.js';
import { runNotFound } from '../runs/query.js';
import { MetricRow, RunTables } from '../runs/table.js';

export interface HistoryInput {
  readonly runId: string;
  readonly key: string;
  readonly limit: number;
  readonly pageToken?: string;
}
/** All points of one metric of one run, by time, a page at a time. */
export class GetMetricHistory extends Query<{ metrics: readonly MetricRow[]; nextPageToken?: string }> {
  constructor(readonly input: HistoryInput) {
    super();
  }
}
/** The first points of one metric of several runs, one run after the other; unknown runs have none. */
export class GetBulkHistory extends Query<readonly MetricRow[]> {
  constructor(readonly input: { readonly runIds: readonly string[]; readonly key: string; readonly limit: number }) {
    super();
  }
}
/** Of each run at most `limit` points of one metric, evenly over its steps, the first and the last among them. */
export class SampleMetrics extends Query<readonly MetricRow[]> {
  constructor(
    readonly input: {
      readonly runIds: readonly string[];
      readonly key: string;
      readonly limit: number;
      readonly steps?: { readonly from: number; readonly to: number };
    },
  ) {
    super();
  }
}

const POINT = ['timestamp', 'step', 'value', 'is_nan'].map(
  (column) => ({ sql: sql.ref(column), direction: 'asc' }) as const,
);

@QueryHandler(GetMetricHistory)
export class GetMetricHistoryHandler implements IQueryHandler<GetMetricHistory> {
  constructor(private readonly models: ReadModels) {}
  async execute({ input: { runId, key, limit, pageToken } }: GetMetricHistory) {
    const db = this.models.db<RunTables>();
    const run = await db.selectFrom('runs').select('run_id').where('run_id', '=', runId).executeTakeFirst();
    if (!run) throw runNotFound(runId);
    let query = db.selectFrom('metrics').selectAll().where('run_id', '=', runId).where('key', '=', key);
    const about = ['metric history', runId, key];
    if (pageToken) query = query.where(keysetAfter(POINT, readToken(about, POINT.length, pageToken)));
    const rows = await query
      .orderBy('timestamp')
      .orderBy('step')
      .orderBy('value')
      .orderBy('is_nan')
      .limit(limit + 1)
      .execute();
    const metrics = rows.slice(0, limit);
    const last = metrics.at(-1);
    return rows.length > limit && last
      ? { metrics, nextPageToken: writeToken(about, [last.timestamp, last.step, last.value, last.is_nan]) }
      : { metrics };
  }
}

@QueryHandler(GetBulkHistory)
export class GetBulkHistoryHandler implements IQueryHandler<GetBulkHistory> {
  constructor(private readonly models: ReadModels) {}
  /** Run by run, so that each comes out of its index in order and the reading ends with the limit. */
  async execute({ input: { runIds, key, limit } }: GetBulkHistory): Promise<readonly MetricRow[]> {
    const found: MetricRow[] = [];
    for (const runId of [...new Set(runIds)].sort()) {
      if (found.length >= limit) break;
      const rows = await this.models
        .db<RunTables>()
        .selectFrom('metrics')
        .selectAll()
        .where('run_id', '=', runId)
        .where('key', '=', key)
        .orderBy('timestamp')
        .orderBy('step')
        .orderBy('value')
        .orderBy('is_nan')
        .limit(limit - found.length)
        .execute();
      for (const row of rows) found.push(row);
    }
    return found;
  }
}

type Point = Omit<MetricRow, 'run_id' | 'key'>;

@QueryHandler(SampleMetrics)
export class SampleMetricsHandler implements IQueryHandler<SampleMetrics> {
  constructor(private readonly models: ReadModels) {}
  async execute({ input: { runIds, key, limit, steps } }: SampleMetrics): Promise<readonly MetricRow[]> {
    const found: MetricRow[] = [];
    for (const run_id of runIds)
      for (const point of await this.sample(run_id, key, limit, steps)) found.push({ run_id, key, ...point });
    return found;
  }

  /** Buckets of the same size over all points in order, the first of each; the very last takes the last place. */
  private async sample(
    runId: string,
    key: string,
    limit: number,
    steps: SampleMetrics['input']['steps'],
  ): Promise<readonly Point[]> {
    const within = steps ? sql`AND step BETWEEN ${steps.from} AND ${steps.to}` : sql``;
    const inOrder = sql`step, timestamp, value, is_nan`;
    const { rows } = await sql<Point & { bucket: number; behind: number }>`
      SELECT timestamp, step, value, is_nan, bucket, behind FROM (
        SELECT timestamp, step, value, is_nan, bucket, behind, lag(bucket) OVER (ORDER BY ${inOrder}) AS before FROM (
          SELECT timestamp, step, value, is_nan, ntile(${limit}) OVER (ORDER BY ${inOrder}) AS bucket,
            count(*) OVER () - row_number() OVER (ORDER BY ${inOrder}) AS behind
          FROM metrics WHERE run_id = ${runId} AND key = ${key} ${within}))
      WHERE before IS NOT bucket OR behind = 0 ORDER BY ${inOrder}`.execute(this.models.db<RunTables>());
    const sampled = rows.length > limit ? [...rows.slice(0, limit - 1), rows.at(-1)!] : rows;
    return sampled.map(({ timestamp, step, value, is_nan }) => ({ timestamp, step, value, is_nan }));
  }
}
