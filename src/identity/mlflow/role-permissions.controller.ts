import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../core/index.js';
import { Caller, MLFLOW_3, Requires } from '../../http/index.js';
import { NamedRoleChange } from '../named-roles/decide.js';
import { NamedRoles as State } from '../named-roles/events.js';
import { ChangeNamedRoles, NamedRoles } from '../named-roles/named-roles.js';
import { reasoned } from './mlflow-accounts.js';
import {
  AddRolePermissionRequest,
  RolePermissionRequest,
  RoleRequest,
  UpdateRolePermissionRequest,
} from './requests.js';
import { permissionLevel, Resources } from './resources.js';
import { RolesWire } from './roles-wire.js';

/** MLflow's calls for what a named role may do. */
@ApiTags('mlflow roles')
@Controller(MLFLOW_3)
export class MlflowRolePermissionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly named: NamedRoles,
    private readonly resources: Resources,
    private readonly wire: RolesWire,
  ) {}

  @Post('roles/permissions/add')
  @HttpCode(200)
  @Requires('user:write')
  async add(@Caller() context: CommandContext, @Body() body: AddRolePermissionRequest) {
    const level = permissionLevel(body.permission);
    const scope = await this.resources.scopeOf({ type: body.resource_type, pattern: body.resource_pattern });
    const change = { type: 'AddPermission', roleId: body.role_id, scope, level } as const;
    const { state, events } = await this.change(context, 'roles/permissions/add', change);
    const [added] = events;
    const id = added?.type === 'NamedRolePermissionAdded' ? added.data.permissionId : state.given.permission;
    return { role_permission: await this.shown(state, id) };
  }

  @Get('roles/permissions/list')
  @Requires('user:read')
  async list(@Query() { role_id }: RoleRequest) {
    const { permissions } = await this.wire.role((await this.named.load()).state, role_id);
    return { role_permissions: permissions };
  }

  @Patch('roles/permissions/update')
  @Requires('user:write')
  async update(@Caller() context: CommandContext, @Body() body: UpdateRolePermissionRequest) {
    const { role_permission_id: permissionId, permission } = body;
    const change = { type: 'ChangePermission', permissionId, level: permissionLevel(permission) } as const;
    const { state } = await this.change(context, 'roles/permissions/update', change);
    return { role_permission: await this.shown(state, permissionId) };
  }

  @Delete('roles/permissions/remove')
  @Requires('user:write')
  async remove(@Caller() context: CommandContext, @Body() body: RolePermissionRequest): Promise<object> {
    const change = { type: 'RemovePermission', permissionId: body.role_permission_id } as const;
    await this.change(context, 'roles/permissions/remove', change);
    return {};
  }

  private async shown(state: State, id: number) {
    const permission = state.permissions.get(id);
    return permission && this.wire.permission(id, permission);
  }

  private change(context: CommandContext, call: string, change: NamedRoleChange) {
    return this.commands.execute(new ChangeNamedRoles(reasoned(context, call), change));
  }
}
