import { Body, Controller, Delete } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, MLFLOW, Requires } from '../../../http/index.js';
import { NameRequest, VersionRequest } from '../../requests.js';
import { versionNumber } from '../../rules.js';
import { DeleteModel, DeleteModelVersion } from './delete.commands.js';

@ApiTags('registry')
@Controller(MLFLOW)
export class DeleteController {
  constructor(private readonly commands: CommandBus) {}

  @Delete('registered-models/delete')
  @Requires('model:write', about.models('name'))
  async model(@Caller() context: CommandContext, @Body() { name }: NameRequest): Promise<object> {
    await this.commands.execute(new DeleteModel(context, { name }));
    return {};
  }

  @Delete('model-versions/delete')
  @Requires('model:write', about.models('name'))
  async version(@Caller() context: CommandContext, @Body() { name, version }: VersionRequest): Promise<object> {
    await this.commands.execute(new DeleteModelVersion(context, { name, version: versionNumber(version) }));
    return {};
  }
}
