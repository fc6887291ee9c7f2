import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, MLFLOW, Requires } from '../../../http/index.js';
import { NameRequest } from '../../requests.js';
import { modelWire } from '../../wire.js';
import { RenameModel } from './rename-model.command.js';

export class RenameModelRequest extends NameRequest {
  @IsString({ message: 'must be a string' })
  new_name!: string;
}

@ApiTags('registry')
@Controller(MLFLOW)
export class RenameModelController {
  constructor(private readonly commands: CommandBus) {}

  @Post('registered-models/rename')
  @HttpCode(200)
  @Requires('model:write', about.models('name', 'new_name'))
  async rename(
    @Caller() context: CommandContext,
    @Body() { name, new_name: newName }: RenameModelRequest,
  ): Promise<object> {
    return { registered_model: modelWire(await this.commands.execute(new RenameModel(context, { name, newName }))) };
  }
}
