import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsString, Length, Matches } from 'class-validator';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, CUSTODY_API, Requires, Strict } from '../../../http/index.js';
import { modelName } from '../../rules.js';
import { versionWire } from '../../wire.js';
import { RollBack } from './roll-back.command.js';

@Strict()
export class RollBackRequest {
  @IsString({ message: 'must say why the version is rolled back' })
  @Length(1, 1000, { message: 'must have 1 to 1000 characters' })
  @Matches(/\S/, { message: 'must say why, not be blank' })
  reason!: string;
}

@ApiTags('registry')
@Controller(`${CUSTODY_API}/models`)
export class RollBackController {
  constructor(private readonly commands: CommandBus) {}

  @Post(':name/rollback')
  @HttpCode(200)
  @Requires('model:promote', about.models('name'))
  async rollBack(
    @Caller() caller: CommandContext,
    @Param('name') name: string,
    @Body() { reason }: RollBackRequest,
  ): Promise<object> {
    const { version, archived, aliases, review } = await this.commands.execute(
      new RollBack({ ...caller, reason }, { name: modelName(name) }),
    );
    return {
      model_version: versionWire(version),
      archived_versions: archived.map(String),
      moved_aliases: aliases.moved,
      aliases_left: aliases.left,
      review: review && { approval_id: review.approvalId, number: review.number },
    };
  }
}
