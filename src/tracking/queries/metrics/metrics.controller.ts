import { Controller, Get, Query as Params } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { errors } from '../../../core/index.js';
import { about, MLFLOW, Requires } from '../../../http/index.js';
import { runIdOf } from '../../commands/runs/runs.controller.js';
import { metricToWire, unlessEmpty } from '../../wire.js';
import { MetricRow } from '../runs/table.js';
import { BulkHistoryRequest, MetricHistoryRequest, SampleMetricsRequest, SAMPLES } from './metrics.request.js';
import { GetBulkHistory, GetMetricHistory, SampleMetrics } from './query.js';

/** Points a page at most; a client that asks for more is given the token to go on. */
const HISTORY_PAGE = 25_000;

const withRun = (row: MetricRow) => ({ ...metricToWire(row), run_id: row.run_id });

@ApiTags('metrics')
@Controller(MLFLOW.map((prefix) => `${prefix}/metrics`))
export class MetricsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('get-history')
  @Requires('run:read', about.runs('run_id', 'run_uuid'))
  async history(@Params() request: MetricHistoryRequest) {
    const { metric_key: key, max_results, page_token } = request;
    const input = {
      runId: runIdOf(request),
      key,
      limit: Math.min(max_results ?? HISTORY_PAGE, HISTORY_PAGE),
      ...(page_token ? { pageToken: page_token } : {}),
    };
    const { metrics, nextPageToken } = await this.queries.execute(new GetMetricHistory(input));
    return { metrics: unlessEmpty(metrics.map(metricToWire)), next_page_token: nextPageToken };
  }

  /** For MLflow's UI, whose list is there also when it is empty. */
  @Get('get-history-bulk')
  @Requires('run:read', about.runs('run_id', 'run_uuid'))
  async bulk(@Params() { run_id, metric_key: key, max_results }: BulkHistoryRequest) {
    const limit = Math.min(max_results ?? HISTORY_PAGE, HISTORY_PAGE);
    const found = await this.queries.execute(new GetBulkHistory({ runIds: run_id, key, limit }));
    return { metrics: found.map(withRun) };
  }

  @Get('get-history-bulk-interval')
  @Requires('run:read', about.runs('run_ids'))
  async interval(@Params() { run_ids, metric_key: key, start_step, end_step, max_results }: SampleMetricsRequest) {
    const steps = stepsOf(start_step, end_step);
    const input = { runIds: run_ids, key, limit: max_results ?? SAMPLES, ...(steps ? { steps } : {}) };
    return { metrics: unlessEmpty((await this.queries.execute(new SampleMetrics(input))).map(withRun)) };
  }
}

function stepsOf(from: number | undefined, to: number | undefined) {
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined)
    throw errors.invalid(
      'half-interval',
      'If either start step or end step are specified, both must be specified.',
      from === undefined ? 'start_step' : 'end_step',
    );
  if (from <= to) return { from, to };
  throw errors.invalid(
    'empty-interval',
    `end_step must be greater than start_step. Found start_step=${from} and end_step=${to}.`,
    'end_step',
  );
}
