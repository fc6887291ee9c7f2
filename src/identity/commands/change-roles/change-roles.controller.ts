import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { ArrayUnique, IsArray, IsIn, IsOptional, IsString } from 'class-validator';
import { ROLES } from '../../../core/index.js';
import type { CommandContext, Role } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../../../http/index.js';
import { userIdOf } from '../../user/user-id.js';
import { withReason } from '../with-reason.js';
import { ChangeRoles } from './change-roles.command.js';

@Strict()
export class ChangeRolesRequest {
  /** All roles that the account has from now on. None keeps it out of everything but its own account. */
  @IsArray()
  @ArrayUnique({ message: 'roles names one of them twice' })
  @IsIn(ROLES, { each: true, message: `each of roles is one of ${ROLES.join(', ')}` })
  readonly roles!: readonly Role[];

  @IsOptional()
  @IsString()
  readonly reason?: string;
}

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/users`)
export class ChangeRolesController {
  constructor(private readonly commands: CommandBus) {}

  @Post(':id/roles')
  @HttpCode(200)
  @Requires('user:write')
  async change(
    @Caller() context: CommandContext,
    @Param('id') id: string,
    @Body() { roles, reason }: ChangeRolesRequest,
  ) {
    const userId = userIdOf(id);
    const changed = await this.commands.execute(new ChangeRoles(withReason(context, reason), { userId, roles }));
    return { user_id: userId, roles: changed.roles };
  }
}
