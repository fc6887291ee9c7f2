import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { Micros, never, toIso } from '../../../core/index.js';
import type { Clock, CommandContext, UserId } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../../../http/index.js';
import { IDENTITY_CLOCK } from '../../clock.js';
import { scopeWire } from '../../commands/role-grants/role-grants.controller.js';
import { NamedRoleEvent } from '../../named-roles/events.js';
import { roleOf } from '../../named-roles/levels.js';
import { UserEvent } from '../../user/events.js';
import { timeIn } from '../../commands/time-in.js';
import { userIdOf } from '../../user/user-id.js';
import { GetRights, RightsAsOf, RightsChange } from './query.js';

@Strict()
export class RightsRequest {
  /** ISO 8601; now by default. */
  @IsOptional()
  @IsString()
  readonly as_of?: string;
}

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/users`)
export class RightsController {
  constructor(
    private readonly queries: QueryBus,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
  ) {}

  /** What I may do, and why: nobody needs a right to ask that of themselves. */
  @Get('me/rights')
  @Requires('self:read')
  mine(@Caller() { actor }: CommandContext, @Query() { as_of }: RightsRequest) {
    return this.rights(actor.id, as_of);
  }

  @Get(':id/rights')
  @Requires('user:read')
  of(@Param('id') id: string, @Query() { as_of }: RightsRequest) {
    return this.rights(userIdOf(id), as_of);
  }

  private async rights(userId: UserId, asOf: string | undefined) {
    const at = asOf === undefined ? this.clock.now() : timeIn(asOf, 'as_of');
    return wire(await this.queries.execute(new GetRights(userId, at)));
  }
}

const iso = (at: Micros | undefined) => (at === undefined ? undefined : toIso(at));

const wire = ({ userId, asOf, status, roles, grants, named, breakGlass, history }: RightsAsOf) => ({
  user_id: userId,
  as_of: toIso(asOf),
  status,
  /** Those that hold everywhere; a disabled account has them no more, a pending one not yet. */
  roles: status === 'active' ? roles : [],
  grants:
    status === 'active'
      ? grants.map(({ grantId, role, scope, expiresAt, level }) => ({
          grant_id: grantId,
          role,
          ...scopeWire(scope),
          level,
          expires_at: iso(expiresAt),
        }))
      : [],
  /** Whether they might take a role by themselves in need. */
  may_break_glass: status === 'active' && breakGlass,
  /** What the account may through roles of the laboratory's own. */
  named_roles:
    status === 'active'
      ? named.map(({ roleId, name, permissions }) => ({
          role_id: roleId,
          name,
          permissions: permissions.map(({ scope, level }) => ({ ...scopeWire(scope), level, role: roleOf(level) })),
        }))
      : [],
  history: history.map(change),
});

const change = ({ event, recorded: { recordedAt, actor, reason, id } }: RightsChange) => ({
  event_id: id,
  at: toIso(recordedAt),
  by: actor.id,
  reason,
  change: event.type,
  ...detail(event),
});

function detail(event: UserEvent | NamedRoleEvent): object {
  switch (event.type) {
    case 'UserCreated':
      return { roles: event.data.roles };
    case 'RolesChanged':
      return { from: event.data.from, roles: event.data.to };
    case 'RoleGranted':
    case 'RoleGrantRevoked': {
      const { grantId, role, scope } = event.data;
      const until = 'expiresAt' in event.data ? { expires_at: iso(event.data.expiresAt) } : {};
      return { grant_id: grantId, role, ...scopeWire(scope), ...until };
    }
    case 'BreakGlassUsed': {
      const { reviewId, role, expiresAt } = event.data;
      return { grant_id: reviewId, role, expires_at: iso(expiresAt) };
    }
    case 'BreakGlassAllowed':
    case 'BreakGlassWithdrawn':
    case 'IdentityVerified':
    case 'ProfileChanged':
    case 'UserEnabled':
    case 'UserDeprovisioned':
    case 'UserDisabled':
    case 'PersonErased':
    case 'PasswordSet':
    case 'PasswordChangeRequired':
    case 'SignInLocked':
    case 'SignInUnlocked':
    case 'TokenIssued':
    case 'TokenRotated':
    case 'TokenRevoked':
    case 'SessionStarted':
    case 'SessionEnded':
    case 'SecondFactorOffered':
    case 'SecondFactorEnrolled':
    case 'RecoveryCodeUsed':
    case 'SecondFactorRemoved':
    case 'SignatureAccepted':
    case 'SignatureMade':
    case 'SigningFailed':
    case 'SigningSuspended':
      return {};
    case 'NamedRoleCreated':
    case 'NamedRoleChanged':
    case 'NamedRoleDeleted':
    case 'NamedRoleAssigned':
    case 'NamedRoleUnassigned': {
      const name = 'name' in event.data ? { name: event.data.name } : {};
      return { role_id: event.data.roleId, ...name };
    }
    case 'NamedRolePermissionAdded':
    case 'NamedRolePermissionRemoved': {
      const { roleId, scope, level } = event.data;
      return { role_id: roleId, ...scopeWire(scope), level };
    }
    case 'NamedRolePermissionChanged': {
      const { roleId, from, to } = event.data;
      return { role_id: roleId, from, level: to };
    }
    default:
      return never(event);
  }
}
