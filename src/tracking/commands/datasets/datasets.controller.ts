import {
  Body,
  Controller,
  Get,
  Header,
  Param as PathParam,
  Post,
  Query as Params,
  StreamableFile,
} from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { ArtifactStore } from '../../../artifacts/index.js';
import { type CommandContext, errors, millisToMicros, toIso } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires, ToInt, Strict } from '../../../http/index.js';
import { DatasetReader } from '../../dataset/dataset-reader.js';
import { Column, Dataset } from '../../dataset/events.js';
import { ListDatasets } from '../../queries/datasets/query.js';
import { RegisterDataset } from './register-dataset.command.js';

@Strict()
export class RegisterDatasetRequest {
  @IsString() name!: string;
  @IsOptional() @IsString() source?: string;
}
@Strict()
export class ListDatasetsRequest {
  @IsOptional() @ToInt() @IsInt() @Min(1) @Max(1000) limit?: number;
  @IsOptional() @IsString() page_token?: string;
}

const toWire = ({ datasetId, name, sha256, size, rows, columns, source }: Dataset) => ({
  dataset_id: datasetId,
  name,
  sha256,
  size,
  rows,
  columns,
  source,
});

@ApiTags('data sets')
@Controller(`${CUSTODY_API}/datasets`)
export class DatasetsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly datasets: DatasetReader,
    private readonly store: ArtifactStore,
  ) {}

  /** Registers a CSV file as a snapshot. The same bytes under the same name again are the same data set. */
  @Post()
  @Requires('dataset:write')
  @ApiConsumes('text/csv')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  async register(
    @Caller() context: CommandContext,
    @Params() { name, source }: RegisterDatasetRequest,
    @Body() body: unknown,
  ) {
    if (!Buffer.isBuffer(body))
      throw errors.invalid('csv-expected', 'send the CSV file as the body, with content-type text/csv', 'content-type');
    return toWire(
      await this.commands.execute(new RegisterDataset(context, { name, body, ...(source ? { source } : {}) })),
    );
  }

  @Get()
  @Requires('dataset:read')
  async list(@Params() { limit, page_token }: ListDatasetsRequest) {
    const { datasets, nextPageToken } = await this.queries.execute(
      new ListDatasets({ limit: limit ?? 100, ...(page_token ? { pageToken: page_token } : {}) }),
    );
    const views = datasets.map(({ columns, registered, source, ...row }) => ({
      ...row,
      columns: JSON.parse(columns) as Column[],
      source: source === '' ? undefined : source,
      registered_at: toIso(millisToMicros(registered)),
    }));
    return { datasets: views, next_page_token: nextPageToken };
  }

  @Get(':id')
  @Requires('dataset:read')
  async get(@PathParam('id') id: string) {
    return toWire(await this.datasets.get(id));
  }

  /** The bytes as they came in; the stream breaks off when they are no longer what was registered. */
  @Get(':id/content')
  @Requires('dataset:read')
  @Header('content-disposition', 'attachment; filename="dataset.csv"')
  async content(@PathParam('id') id: string): Promise<StreamableFile> {
    const { sha256, size } = await this.datasets.get(id);
    return new StreamableFile(await this.store.open(sha256), { type: 'text/csv', length: size });
  }
}
