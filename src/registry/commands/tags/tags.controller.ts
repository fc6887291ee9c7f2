import { Body, Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, MLFLOW, Requires } from '../../../http/index.js';
import { versionNumber } from '../../rules.js';
import { DeleteRegistryTag, SetRegistryTag } from './tags.commands.js';
import {
  DeleteModelTagRequest,
  DeleteVersionTagRequest,
  SetModelTagRequest,
  SetVersionTagRequest,
} from './tags.request.js';

@ApiTags('registry')
@Controller(MLFLOW)
export class RegistryTagsController {
  constructor(private readonly commands: CommandBus) {}

  @Post('registered-models/set-tag')
  @HttpCode(200)
  @Requires('model:write', about.models('name'))
  async setModelTag(
    @Caller() context: CommandContext,
    @Body() { name, key, value = '' }: SetModelTagRequest,
  ): Promise<object> {
    await this.commands.execute(new SetRegistryTag(context, { name, key, value }));
    return {};
  }

  @Delete('registered-models/delete-tag')
  @Requires('model:write', about.models('name'))
  async deleteModelTag(
    @Caller() context: CommandContext,
    @Body() { name, key }: DeleteModelTagRequest,
  ): Promise<object> {
    await this.commands.execute(new DeleteRegistryTag(context, { name, key }));
    return {};
  }

  @Post('model-versions/set-tag')
  @HttpCode(200)
  @Requires('model:write', about.models('name'))
  async setVersionTag(@Caller() context: CommandContext, @Body() request: SetVersionTagRequest): Promise<object> {
    const { name, version, key, value = '' } = request;
    await this.commands.execute(new SetRegistryTag(context, { name, version: versionNumber(version), key, value }));
    return {};
  }

  @Delete('model-versions/delete-tag')
  @Requires('model:write', about.models('name'))
  async deleteVersionTag(@Caller() context: CommandContext, @Body() request: DeleteVersionTagRequest): Promise<object> {
    const { name, version, key } = request;
    await this.commands.execute(new DeleteRegistryTag(context, { name, version: versionNumber(version), key }));
    return {};
  }
}
