import { Body, Controller, Get, HttpCode, Post, Query as Params } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type CommandContext, ExperimentId, Reach } from '../../../core/index.js';
import { about, Caller, MLFLOW, Requires } from '../../../http/index.js';
import { SearchDatasets } from '../../queries/datasets/summaries.js';
import { SeenExperiments } from '../../queries/experiments/seen.js';
import { GetExperiment, SearchExperiments } from '../../queries/experiments/query.js';
import { experimentToWire, unlessEmpty } from '../../wire.js';
import {
  ChangeExperimentLifecycle,
  CreateExperiment,
  DeleteExperimentTag,
  RenameExperiment,
  SetExperimentTag,
} from './experiments.command.js';
import {
  CreateExperimentRequest,
  DeleteExperimentTagRequest,
  ExperimentIdRequest,
  ExperimentNameRequest,
  ExperimentTagRequest,
  SearchDatasetsRequest,
  SearchExperimentsRequest,
  UpdateExperimentRequest,
} from './experiments.request.js';

@ApiTags('experiments')
@Controller(MLFLOW.map((prefix) => `${prefix}/experiments`))
export class ExperimentsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('create')
  @HttpCode(200)
  @Requires('experiment:write', about.experimentNames('name'))
  async create(@Caller() context: CommandContext, @Body() { name, tags, artifact_location }: CreateExperimentRequest) {
    const input = {
      name,
      ...(tags ? { tags } : {}),
      ...(artifact_location ? { artifactLocation: artifact_location } : {}),
    };
    const { experimentId } = await this.commands.execute(new CreateExperiment(context, input));
    return { experiment_id: experimentId };
  }

  @Get('get')
  @Requires('experiment:read', about.experiments('experiment_id'))
  async get(@Params() { experiment_id }: ExperimentIdRequest) {
    return { experiment: experimentToWire(await this.queries.execute(new GetExperiment({ id: experiment_id }))) };
  }

  @Get('get-by-name')
  @Requires('experiment:read', about.experimentNames('experiment_name'))
  async getByName(@Params() { experiment_name }: ExperimentNameRequest) {
    return { experiment: experimentToWire(await this.queries.execute(new GetExperiment({ name: experiment_name }))) };
  }

  @Post('search')
  @HttpCode(200)
  @Requires('experiment:read', 'seen')
  search(@Caller() { reach }: CommandContext, @Body() request: SearchExperimentsRequest) {
    return this.find(request, reach);
  }

  @Get('search')
  @Requires('experiment:read', 'seen')
  searchByGet(@Caller() { reach }: CommandContext, @Params() request: SearchExperimentsRequest) {
    return this.find(request, reach);
  }

  @Post('search-datasets')
  @HttpCode(200)
  @Requires('run:read', 'seen')
  async searchDatasets(@Caller() { reach }: CommandContext, @Body() { experiment_ids }: SearchDatasetsRequest) {
    const seen = await this.queries.execute(new SeenExperiments(experiment_ids, reach?.experiments));
    const found = await this.queries.execute(new SearchDatasets(seen));
    const summaries = found.map(({ experiment_id, name, digest, context }) => ({
      experiment_id,
      name,
      digest,
      context: context === '' ? undefined : context,
    }));
    return { dataset_summaries: unlessEmpty(summaries) };
  }

  @Post('update')
  @HttpCode(200)
  @Requires('experiment:write', about.all(about.experiments('experiment_id'), about.experimentNames('new_name')))
  async update(@Caller() context: CommandContext, @Body() { experiment_id, new_name }: UpdateExperimentRequest) {
    await this.commands.execute(
      new RenameExperiment(context, { experimentId: experiment_id as ExperimentId, name: new_name }),
    );
    return {};
  }

  @Post('delete')
  @HttpCode(200)
  @Requires('experiment:write', about.experiments('experiment_id'))
  async delete(@Caller() context: CommandContext, @Body() { experiment_id }: ExperimentIdRequest) {
    await this.commands.execute(
      new ChangeExperimentLifecycle(context, { experimentId: experiment_id as ExperimentId, change: 'delete' }),
    );
    return {};
  }

  @Post('restore')
  @HttpCode(200)
  @Requires('experiment:write', about.experiments('experiment_id'))
  async restore(@Caller() context: CommandContext, @Body() { experiment_id }: ExperimentIdRequest) {
    await this.commands.execute(
      new ChangeExperimentLifecycle(context, { experimentId: experiment_id as ExperimentId, change: 'restore' }),
    );
    return {};
  }

  @Post('set-experiment-tag')
  @HttpCode(200)
  @Requires('experiment:write', about.experiments('experiment_id'))
  async setTag(@Caller() context: CommandContext, @Body() { experiment_id, key, value }: ExperimentTagRequest) {
    await this.commands.execute(
      new SetExperimentTag(context, { experimentId: experiment_id as ExperimentId, key, value }),
    );
    return {};
  }

  @Post('delete-experiment-tag')
  @HttpCode(200)
  @Requires('experiment:write', about.experiments('experiment_id'))
  async deleteTag(@Caller() context: CommandContext, @Body() { experiment_id, key }: DeleteExperimentTagRequest) {
    await this.commands.execute(new DeleteExperimentTag(context, { experimentId: experiment_id as ExperimentId, key }));
    return {};
  }

  private async find(
    { max_results, page_token, view_type, filter, order_by }: SearchExperimentsRequest,
    reach: Reach | undefined,
  ) {
    const input = {
      within: reach?.experiments,
      view: view_type ?? 'ACTIVE_ONLY',
      limit: max_results ?? 1000,
      ...(filter === undefined ? {} : { filter }),
      ...(order_by ? { orderBy: order_by } : {}),
      ...(page_token ? { pageToken: page_token } : {}),
    } as const;
    const { experiments, nextPageToken } = await this.queries.execute(new SearchExperiments(input));
    return {
      experiments: experiments.length > 0 ? experiments.map(experimentToWire) : undefined,
      next_page_token: nextPageToken,
    };
  }
}
