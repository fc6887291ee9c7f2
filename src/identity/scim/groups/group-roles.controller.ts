import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ArrayUnique, IsArray, IsIn, IsNotEmpty, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { errors, ROLES } from '../../../core/index.js';
import type { CommandContext, Role } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../../../http/index.js';
import { ONE_LINE } from '../../commands/one-line.js';
import { scopeOf, scopeWire } from '../../commands/role-grants/role-grants.controller.js';
import { withReason } from '../../commands/with-reason.js';
import { groupKey } from './events.js';
import { GroupRoles } from './group-roles.js';

@Strict()
export class SetGroupRolesRequest {
  /** The display name of a group, in any case; there need not be one yet. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  @Matches(ONE_LINE, { message: 'group is one line of plain text' })
  readonly group!: string;

  /** All that its members may be by it there from now on; none takes away what it gave there. */
  @IsArray()
  @ArrayUnique({ message: 'roles names one of them twice' })
  @IsIn(ROLES, { each: true, message: `each of roles is one of ${ROLES.join(', ')}` })
  readonly roles!: readonly Role[];

  /** Names of experiments for which they hold: `*` is any text, `?` one character. A group may have several of these. */
  @IsOptional()
  @IsString()
  readonly experiments?: string;

  /** Names of registered models for which they hold, likewise. Neither of the two: they hold everywhere. */
  @IsOptional()
  @IsString()
  readonly models?: string;

  /** Why; here or in the header `x-custody-reason`. */
  @IsOptional()
  @IsString()
  readonly reason?: string;
}

/** The directory says who belongs to a group; what that means here, administrators say. */
@ApiTags('accounts')
@Controller(`${CUSTODY_API}/group-roles`)
export class GroupRolesController {
  constructor(private readonly groups: GroupRoles) {}

  @Get()
  @Requires('user:read')
  async list() {
    const { groups, roles } = await this.groups.all();
    const sizes = [...groups.values()].map(
      ({ displayName, members }) => [groupKey(displayName), members.size] as const,
    );
    const names = [...new Set([...roles.keys(), ...sizes.map(([name]) => name)])].sort();
    return {
      groups: names.map((group) => ({
        group,
        roles: (roles.get(group) ?? []).find(({ scope }) => scope.kind === 'everything')?.roles ?? [],
        scoped: (roles.get(group) ?? [])
          .filter(({ scope }) => scope.kind !== 'everything')
          .map((mapping) => ({ roles: mapping.roles, ...scopeWire(mapping.scope) })),
        members: sizes.reduce((sum, [name, size]) => (name === group ? sum + size : sum), 0),
      })),
    };
  }

  @Post()
  @HttpCode(200)
  @Requires('user:write')
  async set(@Caller() context: CommandContext, @Body() body: SetGroupRolesRequest) {
    const { group, roles, reason } = body;
    const scope = scopeOf(body);
    const why = withReason(context, reason);
    if (why.reason === undefined)
      throw errors.invalid('reason-required', 'say why: roles that a group gives need a reason', 'reason');
    const set = await this.groups.setRoles(group, { roles, scope }, why);
    return { group: groupKey(group), roles: set, ...scopeWire(scope) };
  }
}
