import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { errors, NamePattern, never } from '../../core/index.js';
import type { Clock, CommandContext } from '../../core/index.js';
import { Caller, MLFLOW_3, Requires } from '../../http/index.js';
import { IDENTITY_CLOCK } from '../clock.js';
import { GrantRole, RevokeRoleGrant } from '../commands/role-grants/role-grants.commands.js';
import { roleOf } from '../named-roles/levels.js';
import { NamedRoles } from '../named-roles/named-roles.js';
import { Account } from '../user/events.js';
import { levelled } from '../user/rights.js';
import { effective, Held, held, levelOf } from './effective.js';
import { MlflowAccounts, reasoned } from './mlflow-accounts.js';
import { GrantUserPermissionRequest, UserPermissionRequest, UserRequest } from './requests.js';
import { permissionLevel, Resources, resourceType, ResourceType, RoleScope } from './resources.js';
import { WORKSPACE } from './roles-wire.js';

const ALL = '*' as NamePattern;

/** MLflow's calls for what one person may do with one experiment or model. */
@ApiTags('mlflow permissions')
@Controller(MLFLOW_3)
export class MlflowUserPermissionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly accounts: MlflowAccounts,
    private readonly named: NamedRoles,
    private readonly resources: Resources,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
  ) {}

  @Post('users/permissions/grant')
  @HttpCode(200)
  @Requires('user:write')
  async grant(@Caller() context: CommandContext, @Body() body: GrantUserPermissionRequest): Promise<object> {
    const level = permissionLevel(body.permission);
    const { userId } = await this.accounts.find(body.username);
    const scope = await this.resources.scopeOf(resourceIn(body));
    const grant = { userId, role: roleOf(level), scope, level };
    await this.commands.execute(new GrantRole(reasoned(context, 'users/permissions/grant'), grant));
    return {};
  }

  /** Takes back what was granted by this call, nothing of what comes from roles or from grants by pattern. */
  @Post('users/permissions/revoke')
  @HttpCode(200)
  @Requires('user:write')
  async revoke(@Caller() context: CommandContext, @Body() body: UserPermissionRequest): Promise<object> {
    resourceType(body.resource_type);
    const account = await this.accounts.find(body.username);
    const scope = await this.resources.find(resourceIn(body));
    const grantId = scope && levelled(account, scope);
    if (grantId === undefined) {
      const { username, resource_type, resource_id } = body;
      const what = `Permission for user=${username} on resource_type=${resource_type}, resource_id=${resource_id}`;
      throw errors.notFound('permission-not-found', `${what} not found.`, 'resource_id');
    }
    const grant = { userId: account.userId, grantId };
    await this.commands.execute(new RevokeRoleGrant(reasoned(context, 'users/permissions/revoke'), grant));
    return {};
  }

  /** What is in force, wherever it comes from; with what there is not nobody may do anything. */
  @Get('users/permissions/get')
  @Requires('self:read')
  async get(@Caller() context: CommandContext, @Query() body: UserPermissionRequest) {
    const type = resourceType(body.resource_type);
    const account = await this.accounts.selfOr('user:read', context, body.username);
    const permission = effective(await this.held(account), type, await this.where(type, body.resource_id));
    return { allowed: permission !== 'NO_PERMISSIONS' && permission !== 'READ', permission };
  }

  @Get('users/permissions/list')
  @Requires('self:read')
  async list(@Caller() context: CommandContext, @Query() { username }: UserRequest) {
    return this.rows(await this.accounts.selfOr('user:read', context, username));
  }

  @Get('users/current/permissions')
  @Requires('self:read')
  async mine(@Caller() context: CommandContext) {
    return this.rows(await this.accounts.self(context));
  }

  private async where(type: ResourceType, id: string) {
    if (id !== ALL) return this.resources.place(type, id);
    return type === 'experiment' ? EXPERIMENTS : MODELS;
  }

  private async held(account: Account): Promise<readonly Held[]> {
    return held(account, (await this.named.load()).state, this.clock.now());
  }

  private async rows(account: Account) {
    const user = await this.accounts.wire(account);
    const rows = (await this.held(account)).map((each) => this.rowsOf(each, user.id));
    return { is_admin: user.is_admin, permissions: (await Promise.all(rows)).flat() };
  }

  /** MLflow's pages take a row of `__user_<id>__` for what was granted to the person directly. */
  private async rowsOf(each: Held, id: number) {
    const { from, scope } = each;
    const role =
      from === 'direct'
        ? { role_id: 0, role_name: `__user_${id}__` }
        : 'roleId' in from
          ? { role_id: from.roleId, role_name: from.name }
          : { role_id: 0, role_name: from.role };
    const scopes: readonly RoleScope[] = scope.kind === 'everything' ? EVERYTHING : [scope];
    const rows = scopes.map(async (one) => {
      const { type, pattern } = await this.resources.named(one);
      const permission = levelOf(each, kindOf(one));
      return permission === undefined
        ? []
        : [{ ...role, workspace: WORKSPACE, resource_type: type, resource_pattern: pattern, permission }];
    });
    return (await Promise.all(rows)).flat();
  }
}

const EXPERIMENTS = { kind: 'experiments', pattern: ALL } as const;
const MODELS = { kind: 'models', pattern: ALL } as const;
const EVERYTHING: readonly RoleScope[] = [EXPERIMENTS, MODELS];

function kindOf({ kind }: RoleScope): ResourceType {
  switch (kind) {
    case 'experiments':
    case 'experiment':
      return 'experiment';
    case 'models':
    case 'model':
      return 'registered_model';
    default:
      return never(kind);
  }
}

const resourceIn = ({ resource_type, resource_id }: UserPermissionRequest) => ({
  type: resource_type,
  pattern: resource_id,
});
