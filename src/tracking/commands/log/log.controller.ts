import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type CommandContext, errors, LoggedModelId, RunId } from '../../../core/index.js';
import { about, Caller, MLFLOW, Requires, RequiresAlso } from '../../../http/index.js';
import { runIdOf } from '../runs/runs.controller.js';
import type { RunIdRequest } from '../runs/runs.request.js';
import { Metric } from '../../run/events.js';
import { DeleteTag, LogBatch, LogInputs, LogMetric, LogOutputs, LogParam, RecordModel, SetTag } from './log.command.js';
import {
  DeleteTagRequest,
  LogBatchRequest,
  LogInputsRequest,
  LogMetricRequest,
  LogModelRequest,
  LogOutputsRequest,
  LogParamRequest,
  MetricDto,
} from './log.request.js';
import { modelSummary } from './model-json.js';

function toMetric({ key, value, timestamp, step = 0, model_id, dataset_name, dataset_digest }: MetricDto): Metric {
  const point = { key, value, timestamp, step };
  // A data set without a model says nothing: MLflow keeps it with the points of models only.
  if (!model_id) return point;
  return {
    ...point,
    modelId: model_id as LoggedModelId,
    ...(dataset_name ? { datasetName: dataset_name } : {}),
    ...(dataset_digest ? { datasetDigest: dataset_digest } : {}),
  };
}

/** What MLflow takes for a run's id where several things are logged at once; elsewhere it just looks for it. */
const RUN_ID = /^[a-zA-Z0-9][\p{L}\p{N}_-]{0,255}$/u;
function possibleRunId(request: RunIdRequest): RunId {
  const runId = runIdOf(request);
  if (!RUN_ID.test(runId))
    throw errors.invalid('invalid-parameter', "Invalid value for parameter 'run_id': no run has such an id", 'run_id');
  return runId;
}

@ApiTags('runs')
@Controller(MLFLOW.map((prefix) => `${prefix}/runs`))
export class LogController {
  constructor(private readonly commands: CommandBus) {}

  @Post('log-metric')
  @HttpCode(200)
  @Requires('run:write', about.all(about.runs('run_id', 'run_uuid'), about.loggedModels('model_id')))
  async metric(@Caller() context: CommandContext, @Body() request: LogMetricRequest) {
    await this.commands.execute(new LogMetric(context, { runId: runIdOf(request), metric: toMetric(request) }));
    return {};
  }

  @Post('log-batch')
  @HttpCode(200)
  @Requires('run:write', about.all(about.runs('run_id', 'run_uuid'), about.loggedModels('model_id')))
  async batch(@Caller() context: CommandContext, @Body() request: LogBatchRequest) {
    const { metrics = [], params = [], tags = [] } = request;
    await this.commands.execute(
      new LogBatch(context, { runId: possibleRunId(request), metrics: metrics.map(toMetric), params, tags }),
    );
    return {};
  }

  @Post('log-parameter')
  @HttpCode(200)
  @Requires('run:write', about.runs('run_id', 'run_uuid'))
  async param(@Caller() context: CommandContext, @Body() request: LogParamRequest) {
    await this.commands.execute(
      new LogParam(context, { runId: runIdOf(request), key: request.key, value: request.value }),
    );
    return {};
  }

  @Post('set-tag')
  @HttpCode(200)
  @Requires('run:write', about.runs('run_id', 'run_uuid'))
  async tag(@Caller() context: CommandContext, @Body() request: LogParamRequest) {
    await this.commands.execute(
      new SetTag(context, { runId: runIdOf(request), key: request.key, value: request.value }),
    );
    return {};
  }

  @Post('delete-tag')
  @HttpCode(200)
  @Requires('run:write', about.runs('run_id', 'run_uuid'))
  async deleteTag(@Caller() context: CommandContext, @Body() request: DeleteTagRequest) {
    await this.commands.execute(new DeleteTag(context, { runId: runIdOf(request), key: request.key }));
    return {};
  }

  @Post('log-inputs')
  @HttpCode(200)
  @Requires('run:write', about.runs('run_id', 'run_uuid'))
  @RequiresAlso('run:read', about.loggedModels('model_id'))
  async inputs(@Caller() context: CommandContext, @Body() request: LogInputsRequest) {
    const inputs = (request.datasets ?? []).map(
      ({ dataset: { name, digest, source_type, source, schema, profile }, tags }) => ({
        name,
        digest,
        sourceType: source_type,
        source,
        ...(schema === undefined ? {} : { schema }),
        ...(profile === undefined ? {} : { profile }),
        tags: (tags ?? []).map(({ key, value }) => ({ key, value })),
      }),
    );
    const models = (request.models ?? []).map(({ model_id }) => model_id as LoggedModelId);
    await this.commands.execute(new LogInputs(context, { runId: possibleRunId(request), inputs, models }));
    return {};
  }

  @Post('outputs')
  @HttpCode(200)
  @Requires('run:write', about.all(about.runs('run_id', 'run_uuid'), about.loggedModels('model_id')))
  async outputs(@Caller() context: CommandContext, @Body() request: LogOutputsRequest) {
    const models = request.models.map(({ model_id, step }) => ({
      modelId: model_id as LoggedModelId,
      step: step ?? 0,
    }));
    await this.commands.execute(new LogOutputs(context, { runId: runIdOf(request), models }));
    return {};
  }

  @Post('log-model')
  @HttpCode(200)
  @Requires('run:write', about.runs('run_id', 'run_uuid'))
  async model(@Caller() context: CommandContext, @Body() request: LogModelRequest) {
    const model = modelSummary(request.model_json);
    await this.commands.execute(new RecordModel(context, { runId: runIdOf(request), model }));
    return {};
  }
}
