import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import type { CommandContext } from '../../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../../http/index.js';
import { withReason } from '../commands/with-reason.js';
import { userIdOf } from '../user/user-id.js';
import { StatesHow } from './states-how.js';
import { VerifyIdentity } from './verify-identity.command.js';

@Strict()
export class VerifyIdentityRequest {
  /** What was checked, where it can be looked up: "passport seen by HR, form P-12". It is sealed. */
  @StatesHow()
  readonly how!: string;

  @IsOptional()
  @IsString()
  readonly reason?: string;
}

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/users`)
export class VerifyIdentityController {
  constructor(private readonly commands: CommandBus) {}

  @Post(':id/identity-verification')
  @HttpCode(200)
  @Requires('user:write')
  async verify(
    @Caller() context: CommandContext,
    @Param('id') id: string,
    @Body() { how, reason }: VerifyIdentityRequest,
  ) {
    const userId = userIdOf(id);
    await this.commands.execute(new VerifyIdentity(withReason(context, reason), { userId, how }));
    return { user_id: userId, identity_verified: true };
  }
}
