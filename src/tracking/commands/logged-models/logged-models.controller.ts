import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param as PathParam,
  Patch,
  Post,
  Query as Params,
} from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type CommandContext, ExperimentId, LoggedModelId, PersonalData } from '../../../core/index.js';
import { about, Caller, MLFLOW, Requires } from '../../../http/index.js';
import { SeenExperiments } from '../../queries/experiments/seen.js';
import { GetLoggedModel, SearchLoggedModels } from '../../queries/logged-models/query.js';
import { loggedModelToWire, stateToWire } from '../../wire-logged-model.js';
import {
  CreateLoggedModel,
  DeleteLoggedModel,
  DeleteModelTag,
  FinalizeLoggedModel,
  LogModelParams,
  SetModelTags,
} from './logged-models.command.js';
import {
  CreateLoggedModelRequest,
  FinalizeLoggedModelRequest,
  GetLoggedModelRequest,
  LogModelParamsRequest,
  SearchLoggedModelsRequest,
  SetModelTagsRequest,
} from './logged-models.request.js';

const PAGE = 50;

@ApiTags('logged models')
@Controller(MLFLOW.map((prefix) => `${prefix}/logged-models`))
export class LoggedModelsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly personal: PersonalData,
  ) {}

  @Post()
  @HttpCode(200)
  @Requires('run:write', about.all(about.experimentOrDefault('experiment_id'), about.runs('source_run_id')))
  async create(@Caller() context: CommandContext, @Body() request: CreateLoggedModelRequest) {
    const { experiment_id, name, model_type, source_run_id, params, tags } = request;
    const input = {
      experimentId: experiment_id as ExperimentId,
      ...(name ? { name } : {}),
      ...(model_type ? { modelType: model_type } : {}),
      ...(source_run_id ? { sourceRunId: source_run_id } : {}),
      ...(params ? { params: plain(params) } : {}),
      ...(tags ? { tags: plain(tags) } : {}),
    };
    const { modelId, model } = await this.commands.execute(new CreateLoggedModel(context, input));
    return { model: stateToWire(modelId, model, this.personal) };
  }

  @Post('search')
  @HttpCode(200)
  @Requires('run:read', 'seen')
  async search(@Caller() { reach }: CommandContext, @Body() request: SearchLoggedModelsRequest) {
    const { experiment_ids, filter, datasets, max_results, order_by, page_token } = request;
    const input = {
      experimentIds: await this.queries.execute(new SeenExperiments(experiment_ids, reach?.experiments)),
      datasets: (datasets ?? []).map(({ dataset_name: name, dataset_digest: digest }) => ({
        name,
        ...(digest ? { digest } : {}),
      })),
      limit: max_results || PAGE,
      ...(filter ? { filter } : {}),
      ...(order_by ? { orderBy: order_by } : {}),
      ...(page_token ? { pageToken: page_token } : {}),
    };
    const { models, nextPageToken } = await this.queries.execute(new SearchLoggedModels(input));
    return { models: models.length > 0 ? models.map(loggedModelToWire) : undefined, next_page_token: nextPageToken };
  }

  @Get(':model_id')
  @Requires('run:read', about.loggedModels('model_id'))
  async get(@PathParam('model_id') id: string, @Params() { allow_deleted }: GetLoggedModelRequest) {
    const deletedToo = allow_deleted?.toLowerCase() === 'true';
    return { model: loggedModelToWire(await this.queries.execute(new GetLoggedModel(id, deletedToo))) };
  }

  @Patch(':model_id')
  @Requires('run:write', about.loggedModels('model_id'))
  async finalize(
    @Caller() context: CommandContext,
    @PathParam('model_id') id: string,
    @Body() { status }: FinalizeLoggedModelRequest,
  ) {
    const { model } = await this.commands.execute(
      new FinalizeLoggedModel(context, { modelId: id as LoggedModelId, status }),
    );
    return { model: stateToWire(id, model, this.personal) };
  }

  @Delete(':model_id')
  @Requires('run:write', about.loggedModels('model_id'))
  async delete(@Caller() context: CommandContext, @PathParam('model_id') id: string) {
    await this.commands.execute(new DeleteLoggedModel(context, { modelId: id as LoggedModelId }));
    return {};
  }

  @Post(':model_id/params')
  @HttpCode(200)
  @Requires('run:write', about.loggedModels('model_id'))
  async params(
    @Caller() context: CommandContext,
    @PathParam('model_id') id: string,
    @Body() { params = [] }: LogModelParamsRequest,
  ) {
    await this.commands.execute(new LogModelParams(context, { modelId: id as LoggedModelId, params: plain(params) }));
    return {};
  }

  @Patch(':model_id/tags')
  @Requires('run:write', about.loggedModels('model_id'))
  async tags(
    @Caller() context: CommandContext,
    @PathParam('model_id') id: string,
    @Body() { tags = [] }: SetModelTagsRequest,
  ) {
    await this.commands.execute(new SetModelTags(context, { modelId: id as LoggedModelId, tags: plain(tags) }));
    return {};
  }

  /** A key may hold slashes. */
  @Delete(':model_id/tags/*')
  @Requires('run:write', about.loggedModels('model_id'))
  async deleteTag(@Caller() context: CommandContext, @PathParam('model_id') id: string, @PathParam('*') key: string) {
    await this.commands.execute(new DeleteModelTag(context, { modelId: id as LoggedModelId, key }));
    return {};
  }
}

const plain = (pairs: readonly { key: string; value: string }[]) => pairs.map(({ key, value }) => ({ key, value }));
