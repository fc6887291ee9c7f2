import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type CommandContext, errors } from '../../../core/index.js';
import { about, Caller, MLFLOW, Requires, RequiresAlso } from '../../../http/index.js';
import { versionWire } from '../../wire.js';
import { GovernedTags, keysOf } from '../../approval/governed-tags.js';
import { CreateModelVersion } from './create-version.command.js';
import { CreateModelVersionRequest } from './create-version.request.js';

@ApiTags('registry')
@Controller(MLFLOW)
export class CreateVersionController {
  constructor(
    private readonly commands: CommandBus,
    private readonly governed: GovernedTags,
  ) {}

  @Post('model-versions/create')
  @HttpCode(200)
  @Requires('model:write', about.models('name'))
  @RequiresAlso('artifact:read', about.modelUris('source'))
  async create(@Caller() context: CommandContext, @Body() request: CreateModelVersionRequest): Promise<object> {
    const { name, source, description, tags, run_link: runLink, run_id: runId, model_id: loggedModelId } = request;
    const input = { name, source, runId, loggedModelId, runLink, description, tags };
    await this.governed.assertFree(context, { name }, keysOf(tags));
    const command = new CreateModelVersion(context, input);
    const { view, version } = await this.commands.execute(command);
    if (!view)
      throw errors.state(
        'version-deleted',
        `version ${version} of ${name} was created by this request, and deleted since`,
        'name',
      );
    return { model_version: versionWire(view) };
  }
}
