import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, MLFLOW, Requires } from '../../../http/index.js';
import { CreateRequest } from '../../requests.js';
import { modelWire } from '../../wire.js';
import { GovernedTags, keysOf } from '../../approval/governed-tags.js';
import { RegisterModel } from './register-model.command.js';

@ApiTags('registry')
@Controller(MLFLOW)
export class RegisterModelController {
  constructor(
    private readonly commands: CommandBus,
    private readonly governed: GovernedTags,
  ) {}

  @Post('registered-models/create')
  @HttpCode(200)
  @Requires('model:write', about.models('name'))
  async create(@Caller() context: CommandContext, @Body() { name, description, tags }: CreateRequest): Promise<object> {
    await this.governed.assertFree(context, { name }, keysOf(tags));
    const { model } = await this.commands.execute(new RegisterModel(context, { name, description, tags }));
    return { registered_model: modelWire(model) };
  }
}
