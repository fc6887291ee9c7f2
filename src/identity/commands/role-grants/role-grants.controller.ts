import { Body, Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { errors, namePattern, ROLES, Scope } from '../../../core/index.js';
import type { CommandContext, Role } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../../../http/index.js';
import { timeIn } from '../time-in.js';
import { userIdOf } from '../../user/user-id.js';
import { ReasonRequest } from '../reason.request.js';
import { withReason } from '../with-reason.js';
import { GrantRole, RevokeRoleGrant } from './role-grants.commands.js';

@Strict()
export class GrantRoleRequest {
  @IsIn(ROLES, { message: `role is one of ${ROLES.join(', ')}` })
  readonly role!: Role;

  /** Names of experiments for which it holds: `*` is any text, `?` one character. */
  @IsOptional()
  @IsString()
  readonly experiments?: string;

  /** Names of registered models for which it holds, likewise. Neither of the two: it holds everywhere. */
  @IsOptional()
  @IsString()
  readonly models?: string;

  /** Until when, in ISO 8601. */
  @IsOptional()
  @IsString()
  readonly expires_at?: string;

  /** Why; here or in the header `x-custody-reason`. */
  @IsOptional()
  @IsString()
  readonly reason?: string;
}

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/users`)
export class RoleGrantsController {
  constructor(private readonly commands: CommandBus) {}

  @Post(':id/grants')
  @Requires('user:write')
  async grant(@Caller() context: CommandContext, @Param('id') id: string, @Body() body: GrantRoleRequest) {
    const { role, expires_at, reason } = body;
    const scope = scopeOf(body);
    const userId = userIdOf(id);
    const until = expires_at === undefined ? {} : { expiresAt: timeIn(expires_at, 'expires_at') };
    const { grantId } = await this.commands.execute(
      new GrantRole(withReason(context, reason), { userId, role, scope, ...until }),
    );
    return { user_id: userId, grant_id: grantId, role, ...scopeWire(scope), expires_at };
  }

  @Delete(':id/grants/:grant_id')
  @HttpCode(200)
  @Requires('user:write')
  async revoke(
    @Caller() context: CommandContext,
    @Param('id') id: string,
    @Param('grant_id') grantId: string,
    @Body() body?: ReasonRequest,
  ) {
    const userId = userIdOf(id);
    await this.commands.execute(new RevokeRoleGrant(withReason(context, body?.reason), { userId, grantId }));
    return { user_id: userId, grant_id: grantId, revoked: true };
  }
}

/** Of what names a pattern of experiments, of models or neither; never both. */
export function scopeOf({ experiments, models }: Pick<GrantRoleRequest, 'experiments' | 'models'>): Scope {
  if (experiments !== undefined && models !== undefined)
    throw errors.invalid('one-scope', 'a grant is for experiments or for models; make two for both', 'models');
  if (experiments !== undefined) return { kind: 'experiments', pattern: namePattern(experiments, 'experiments') };
  if (models !== undefined) return { kind: 'models', pattern: namePattern(models, 'models') };
  return { kind: 'everything' };
}

export function scopeWire(scope: Scope): Readonly<Record<string, string>> {
  if (scope.kind === 'everything') return {};
  return 'pattern' in scope ? { [scope.kind]: scope.pattern } : { [`${scope.kind}_id`]: scope.id };
}
