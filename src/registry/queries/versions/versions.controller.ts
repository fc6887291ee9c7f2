import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { MLFLOW, Requires } from '../../../http/index.js';
import { VersionRequest } from '../../requests.js';
import { versionNumber } from '../../rules.js';
import { versionWire } from '../../wire.js';
import { SearchVersionsRequest } from '../search.request.js';
import { GetModelVersion, SearchModelVersions } from './query.js';

const DEFAULT_RESULTS = 200_000;

@ApiTags('registry')
@Controller(MLFLOW)
export class VersionsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('model-versions/get')
  @Requires('model:read')
  async get(@Query() { name, version }: VersionRequest): Promise<object> {
    return {
      model_version: versionWire(await this.queries.execute(new GetModelVersion(name, versionNumber(version)))),
    };
  }

  /** Files are never copied into the registry: the version's source is where they are. */
  @Get('model-versions/get-download-uri')
  @Requires('model:read')
  async downloadUri(@Query() { name, version }: VersionRequest): Promise<object> {
    const { source } = await this.queries.execute(new GetModelVersion(name, versionNumber(version)));
    return { artifact_uri: source };
  }

  @Get('model-versions/search')
  @Requires('model:read')
  async search(@Query() request: SearchVersionsRequest): Promise<object> {
    const { filter, max_results: limit = DEFAULT_RESULTS, order_by: orderBy, page_token: pageToken } = request;
    const search = { limit, filter, orderBy, pageToken };
    const { items, nextPageToken } = await this.queries.execute(new SearchModelVersions(search));
    return {
      ...(items.length > 0 ? { model_versions: items.map(versionWire) } : {}),
      ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }),
    };
  }
}
