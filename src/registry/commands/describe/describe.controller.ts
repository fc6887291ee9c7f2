import { Body, Controller, Patch } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, MLFLOW, Requires } from '../../../http/index.js';
import { NameRequest, VersionRequest } from '../../requests.js';
import { versionNumber } from '../../rules.js';
import { modelWire, versionWire } from '../../wire.js';
import { DescribeModel, DescribeModelVersion } from './describe.commands.js';

export class DescribeModelRequest extends NameRequest {
  @IsOptional()
  @IsString({ message: 'must be a string' })
  description?: string;
}

export class DescribeVersionRequest extends VersionRequest {
  @IsOptional()
  @IsString({ message: 'must be a string' })
  description?: string;
}

@ApiTags('registry')
@Controller(MLFLOW)
export class DescribeController {
  constructor(private readonly commands: CommandBus) {}

  @Patch('registered-models/update')
  @Requires('model:write', about.models('name'))
  async model(
    @Caller() context: CommandContext,
    @Body() { name, description = '' }: DescribeModelRequest,
  ): Promise<object> {
    return {
      registered_model: modelWire(await this.commands.execute(new DescribeModel(context, { name, description }))),
    };
  }

  @Patch('model-versions/update')
  @Requires('model:write', about.models('name'))
  async version(@Caller() context: CommandContext, @Body() request: DescribeVersionRequest): Promise<object> {
    const { name, version, description = '' } = request;
    const command = new DescribeModelVersion(context, { name, version: versionNumber(version), description });
    return { model_version: versionWire(await this.commands.execute(command)) };
  }
}
