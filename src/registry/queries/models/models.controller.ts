import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, MLFLOW, Requires } from '../../../http/index.js';
import { NameRequest } from '../../requests.js';
import { stageOf } from '../../stage.js';
import { modelWire, versionWire } from '../../wire.js';
import { LatestVersionsRequest, SearchModelsRequest } from '../search.request.js';
import { GetLatestVersions, GetRegisteredModel, SearchRegisteredModels } from './query.js';

const DEFAULT_RESULTS = 100;

@ApiTags('registry')
@Controller(MLFLOW)
export class ModelsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('registered-models/get')
  @Requires('model:read', about.models('name'))
  async get(@Query() { name }: NameRequest): Promise<object> {
    return { registered_model: modelWire(await this.queries.execute(new GetRegisteredModel(name))) };
  }

  @Get('registered-models/search')
  @Requires('model:read', 'seen')
  async search(@Caller() { reach }: CommandContext, @Query() request: SearchModelsRequest): Promise<object> {
    const { filter, max_results: limit = DEFAULT_RESULTS, order_by: orderBy, page_token: pageToken } = request;
    const search = { limit, filter, orderBy, pageToken };
    const { items, nextPageToken } = await this.queries.execute(new SearchRegisteredModels(search, reach?.models));
    return {
      ...(items.length > 0 ? { registered_models: items.map(modelWire) } : {}),
      ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }),
    };
  }

  @Get('registered-models/get-latest-versions')
  @Requires('model:read', about.models('name'))
  async latest(@Query() { name, stages = [] }: LatestVersionsRequest): Promise<object> {
    const query = new GetLatestVersions(
      name,
      stages.map((stage) => stageOf(stage, 'stages')),
    );
    const versions = await this.queries.execute(query);
    return versions.length > 0 ? { model_versions: versions.map(versionWire) } : {};
  }

  /** The same by POST: the client tries both. */
  @Post('registered-models/get-latest-versions')
  @HttpCode(200)
  @Requires('model:read', about.models('name'))
  async latestByPost(@Body() request: LatestVersionsRequest): Promise<object> {
    return this.latest(request);
  }
}
