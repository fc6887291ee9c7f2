import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires } from '../../../http/index.js';
import { userIdOf } from '../../user/user-id.js';
import { ReasonRequest } from '../reason.request.js';
import { withReason } from '../with-reason.js';
import { UnlockSignIn } from './unlock-sign-in.command.js';

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/users`)
export class UnlockSignInController {
  constructor(private readonly commands: CommandBus) {}

  @Post(':id/unlock')
  @HttpCode(200)
  @Requires('user:write')
  async unlock(@Caller() context: CommandContext, @Param('id') id: string, @Body() body?: ReasonRequest) {
    const userId = userIdOf(id);
    await this.commands.execute(new UnlockSignIn(withReason(context, body?.reason), { userId }));
    return { user_id: userId, unlocked: true };
  }
}
