import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { CommandContext } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../../../http/index.js';
import { WithOneTimePassword } from '../../access/one-time-password.js';
import { userIdOf } from '../../user/user-id.js';
import { ReasonRequest } from '../reason.request.js';
import { withReason } from '../with-reason.js';
import { ChangePassword, ResetPassword } from './passwords.commands.js';

@Strict()
export class ChangePasswordRequest {
  @IsString()
  @MaxLength(1024)
  readonly current!: string;

  @IsString()
  @MaxLength(1024)
  readonly new!: string;

  @IsOptional()
  @IsString()
  readonly reason?: string;
}

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/users`)
export class PasswordsController {
  constructor(private readonly commands: CommandBus) {}

  @Post('me/password')
  @HttpCode(200)
  @Requires('self:write')
  @WithOneTimePassword()
  async change(@Caller() context: CommandContext, @Body() { current, new: next, reason }: ChangePasswordRequest) {
    await this.commands.execute(new ChangePassword(withReason(context, reason), { current, next }));
    return { user_id: context.actor.id };
  }

  @Post(':id/password')
  @HttpCode(200)
  @Requires('user:write')
  async reset(@Caller() context: CommandContext, @Param('id') id: string, @Body() body?: ReasonRequest) {
    const userId = userIdOf(id);
    const { oneTimePassword } = await this.commands.execute(
      new ResetPassword(withReason(context, body?.reason), { userId }),
    );
    return { user_id: userId, one_time_password: oneTimePassword };
  }
}
