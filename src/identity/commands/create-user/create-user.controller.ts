import { Body, Controller, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires } from '../../../http/index.js';
import { withReason } from '../with-reason.js';
import { CreateUser } from './create-user.command.js';
import { CreateUserRequest } from './create-user.request.js';

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/users`)
export class CreateUserController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @Requires('user:write')
  async create(@Caller() context: CommandContext, @Body() body: CreateUserRequest) {
    const {
      login,
      display_name: displayName,
      email,
      roles,
      kind = 'person',
      identity_verified: identityVerified,
    } = body;
    const created = await this.commands.execute(
      new CreateUser(withReason(context, body.reason), { login, displayName, email, roles, kind, identityVerified }),
    );
    return { user_id: created.userId, login: created.login, one_time_password: created.oneTimePassword };
  }
}
