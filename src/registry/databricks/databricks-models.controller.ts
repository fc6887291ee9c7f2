import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../core/index.js';
import { about, Caller, MLFLOW, Requires } from '../../http/index.js';
import { TransitionStage } from '../commands/transition-stage/transition-stage.command.js';
import { Models } from '../model/models.js';
import { GetRegisteredModel, SearchRegisteredModels } from '../queries/models/query.js';
import { SearchModelsRequest } from '../queries/search.request.js';
import { NameRequest } from '../requests.js';
import { versionNumber } from '../rules.js';
import { modelWire, versionWire } from '../wire.js';
import { DatabricksTransitionRequest } from './transition-requests.request.js';

const DEFAULT_RESULTS = 100;

/** What Databricks' client asks for under other paths, or with other fields, than MLflow's. */
@ApiTags('registry')
@Controller(MLFLOW)
export class DatabricksModelsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly models: Models,
  ) {}

  @Get('databricks/registered-models/get')
  @Requires('model:read', about.models('name'))
  async get(@Query() { name }: NameRequest): Promise<object> {
    const view = await this.queries.execute(new GetRegisteredModel(name));
    return { registered_model_databricks: { id: await this.models.find(name), ...modelWire(view) } };
  }

  @Get('registered-models/list')
  @Requires('model:read', 'seen')
  async list(@Caller() { reach }: CommandContext, @Query() request: SearchModelsRequest): Promise<object> {
    const { max_results: limit = DEFAULT_RESULTS, page_token: pageToken } = request;
    const query = new SearchRegisteredModels({ limit, pageToken }, reach?.models);
    const { items, nextPageToken } = await this.queries.execute(query);
    return {
      ...(items.length > 0 ? { registered_models: items.map(modelWire) } : {}),
      ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }),
    };
  }

  /** As MLflow's, with a comment, which is why: a move that needs approval opens the request and says so. */
  @Post('databricks/model-versions/transition-stage')
  @HttpCode(200)
  @Requires('model:stage', about.models('name'))
  async transition(@Caller() caller: CommandContext, @Body() request: DatabricksTransitionRequest): Promise<object> {
    const { name, stage, archive_existing_versions: archiveExisting, comment = caller.reason } = request;
    const input = { name, version: versionNumber(request.version), stage, archiveExisting };
    const view = await this.commands.execute(new TransitionStage({ ...caller, reason: comment }, input));
    return { model_version_databricks: versionWire(view) };
  }
}
