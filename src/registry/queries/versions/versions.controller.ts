import { Controller, Get, Optional, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, MLFLOW, Requires } from '../../../http/index.js';
import { LoggedModels } from '../../logged-models.js';
import { VersionRequest } from '../../requests.js';
import { versionNumber } from '../../rules.js';
import { loggedModelWire, versionWire } from '../../wire.js';
import { SearchVersionsRequest } from '../search.request.js';
import { GetModelVersion, SearchModelVersions } from './query.js';

const DEFAULT_RESULTS = 200_000;

@ApiTags('registry')
@Controller(MLFLOW)
export class VersionsController {
  constructor(
    private readonly queries: QueryBus,
    @Optional() private readonly loggedModels?: LoggedModels,
  ) {}

  @Get('model-versions/get')
  @Requires('model:read', about.models('name'))
  async get(@Query() { name, version }: VersionRequest): Promise<object> {
    const view = await this.queries.execute(new GetModelVersion(name, versionNumber(version)));
    const { loggedModelId } = view;
    const model = loggedModelId === undefined ? undefined : await this.loggedModels?.find(loggedModelId);
    return { model_version: { ...versionWire(view), ...(model ? loggedModelWire(loggedModelId!, model) : {}) } };
  }

  /** The address of the version's own, sealed files; of files that are not kept here, or not sealed yet, its source. */
  @Get('model-versions/get-download-uri')
  @Requires('model:read', about.models('name'))
  async downloadUri(@Query() { name, version }: VersionRequest): Promise<object> {
    const { source, storage } = await this.queries.execute(new GetModelVersion(name, versionNumber(version)));
    return { artifact_uri: storage ?? source };
  }

  @Get('model-versions/search')
  @Requires('model:read', 'seen')
  async search(@Caller() { reach }: CommandContext, @Query() request: SearchVersionsRequest): Promise<object> {
    const { filter, max_results: limit = DEFAULT_RESULTS, order_by: orderBy, page_token: pageToken } = request;
    const search = { limit, filter, orderBy, pageToken };
    const { items, nextPageToken } = await this.queries.execute(new SearchModelVersions(search, reach?.models));
    return {
      ...(items.length > 0 ? { model_versions: items.map(versionWire) } : {}),
      ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }),
    };
  }
}
