import { Controller, Delete, Param } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, MLFLOW_ARTIFACTS, Requires } from '../../../http/index.js';
import { ownedLocation } from '../../artifact/location.js';
import { DeleteArtifacts } from './delete-artifacts.command.js';

@ApiTags('artifacts')
@Controller(MLFLOW_ARTIFACTS)
export class DeleteArtifactsController {
  constructor(private readonly commands: CommandBus) {}

  /** A file, or a folder with all that is in it. The bytes stay in the store, and the history in the log. */
  @Delete('artifacts/*')
  @Requires('artifact:write', about.artifacts('*'))
  async remove(@Caller() context: CommandContext, @Param('*') path: string): Promise<object> {
    await this.commands.execute(new DeleteArtifacts(context, ownedLocation(path)));
    return {};
  }
}
