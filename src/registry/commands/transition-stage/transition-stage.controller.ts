import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, MLFLOW, Requires } from '../../../http/index.js';
import { VersionRequest } from '../../requests.js';
import { versionNumber } from '../../rules.js';
import { versionWire } from '../../wire.js';
import { TransitionStage } from './transition-stage.command.js';

export class TransitionStageRequest extends VersionRequest {
  @IsString({ message: 'must be a string' })
  stage!: string;

  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  archive_existing_versions?: boolean;

  /** Ours: why. Clients that can't send it use the header for reasons. */
  @IsOptional()
  @IsString({ message: 'must be a string' })
  @MaxLength(1000, { message: 'must be at most 1000 characters' })
  reason?: string;
}

@ApiTags('registry')
@Controller(MLFLOW)
export class TransitionStageController {
  constructor(private readonly commands: CommandBus) {}

  @Post('model-versions/transition-stage')
  @HttpCode(200)
  @Requires('model:stage', about.models('name'))
  async transition(@Caller() caller: CommandContext, @Body() request: TransitionStageRequest): Promise<object> {
    const {
      name,
      version,
      stage,
      archive_existing_versions: archiveExisting = false,
      reason = caller.reason,
    } = request;
    const input = { name, version: versionNumber(version), stage, archiveExisting };
    const view = await this.commands.execute(new TransitionStage({ ...caller, reason }, input));
    return { model_version: versionWire(view) };
  }
}
