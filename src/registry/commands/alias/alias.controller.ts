import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, MLFLOW, Requires } from '../../../http/index.js';
import { aliasName } from '../../alias.js';
import { GetModelVersionByAlias } from '../../queries/versions/query.js';
import { versionNumber } from '../../rules.js';
import { versionWire } from '../../wire.js';
import { DeleteModelAlias, SetModelAlias } from './alias.commands.js';
import { AliasRequest, SetAliasRequest } from './alias.request.js';

@ApiTags('registry')
@Controller(MLFLOW)
export class AliasController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('registered-models/alias')
  @HttpCode(200)
  @Requires('model:stage', about.models('name'))
  async set(@Caller() context: CommandContext, @Body() request: SetAliasRequest): Promise<object> {
    const { name, alias, version } = request;
    await this.commands.execute(new SetModelAlias(context, { name, alias, version: versionNumber(version) }));
    return {};
  }

  @Delete('registered-models/alias')
  @Requires('model:stage', about.models('name'))
  async remove(@Caller() context: CommandContext, @Body() { name, alias }: AliasRequest): Promise<object> {
    await this.commands.execute(new DeleteModelAlias(context, { name, alias }));
    return {};
  }

  @Get('registered-models/alias')
  @Requires('model:read', about.models('name'))
  async get(@Query() { name, alias }: AliasRequest): Promise<object> {
    const query = new GetModelVersionByAlias(name, aliasName(alias));
    return { model_version: versionWire(await this.queries.execute(query)) };
  }
}
