import { Body, Controller, Get, HttpCode, Post, Query as Params } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type CommandContext, ExperimentId, PersonalData, RunId } from '../../../core/index.js';
import { about, Caller, MLFLOW, Requires } from '../../../http/index.js';
import { ERASED } from '../../queries/runs/projection.js';
import { SeenExperiments } from '../../queries/experiments/seen.js';
import { GetRun, SearchRuns } from '../../queries/runs/query.js';
import { runToWire, startedToWire } from '../../wire.js';
import { ChangeRunLifecycle, EndRun, StartRun } from './runs.command.js';
import { CreateRunRequest, RunIdRequest, SearchRunsRequest, UpdateRunRequest } from './runs.request.js';

export const runIdOf = ({ run_id, run_uuid }: RunIdRequest): RunId => (run_id || run_uuid || '') as RunId;

@ApiTags('runs')
@Controller(MLFLOW)
export class RunsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly personal: PersonalData,
  ) {}

  @Post('runs/create')
  @HttpCode(200)
  @Requires('run:write', about.experimentOrDefault('experiment_id'))
  async create(
    @Caller() context: CommandContext,
    @Body() { experiment_id, user_id, run_name, start_time, tags }: CreateRunRequest,
  ) {
    const input = {
      experimentId: (experiment_id || '0') as ExperimentId,
      ...(user_id ? { userId: user_id } : {}),
      ...(run_name ? { name: run_name } : {}),
      ...(start_time === undefined ? {} : { startTime: start_time }),
      ...(tags ? { tags } : {}),
    };
    const { runId, run } = await this.commands.execute(new StartRun(context, input));
    return { run: startedToWire(runId, run, user_id, tags) };
  }

  @Post('runs/update')
  @HttpCode(200)
  @Requires('run:write', about.runs('run_id', 'run_uuid'))
  async update(@Caller() context: CommandContext, @Body() request: UpdateRunRequest) {
    const { status, end_time, run_name } = request;
    const runId = runIdOf(request);
    const change = {
      ...(status ? { status } : {}),
      ...(end_time === undefined ? {} : { endTime: end_time }),
      ...(run_name === undefined ? {} : { name: run_name }),
    };
    const { run } = await this.commands.execute(new EndRun(context, { runId, ...change }));
    const user = run.user && (this.personal.unseal(run.user) ?? ERASED);
    return { run_info: startedToWire(runId, run, user).info };
  }

  @Post('runs/delete')
  @HttpCode(200)
  @Requires('run:write', about.runs('run_id', 'run_uuid'))
  async delete(@Caller() context: CommandContext, @Body() request: RunIdRequest) {
    await this.commands.execute(new ChangeRunLifecycle(context, { runId: runIdOf(request), change: 'delete' }));
    return {};
  }

  @Post('runs/restore')
  @HttpCode(200)
  @Requires('run:write', about.runs('run_id', 'run_uuid'))
  async restore(@Caller() context: CommandContext, @Body() request: RunIdRequest) {
    await this.commands.execute(new ChangeRunLifecycle(context, { runId: runIdOf(request), change: 'restore' }));
    return {};
  }

  @Get('runs/get')
  @Requires('run:read', about.runs('run_id', 'run_uuid'))
  async get(@Params() request: RunIdRequest) {
    return { run: runToWire(await this.queries.execute(new GetRun(runIdOf(request)))) };
  }

  @Post('runs/search')
  @HttpCode(200)
  @Requires('run:read', 'seen')
  async search(
    @Caller() { reach }: CommandContext,
    @Body() { experiment_ids, filter, run_view_type, max_results, order_by, page_token }: SearchRunsRequest,
  ) {
    const input = {
      experimentIds: await this.queries.execute(new SeenExperiments(experiment_ids ?? [], reach?.experiments)),
      view: run_view_type ?? 'ACTIVE_ONLY',
      limit: max_results ?? 1000,
      ...(filter === undefined ? {} : { filter }),
      ...(order_by ? { orderBy: order_by } : {}),
      ...(page_token ? { pageToken: page_token } : {}),
    };
    const { runs, nextPageToken } = await this.queries.execute(new SearchRuns(input));
    return { runs: runs.length > 0 ? runs.map(runToWire) : undefined, next_page_token: nextPageToken };
  }
}
