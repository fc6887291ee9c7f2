import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { errors } from '../../core/index.js';
import type { CommandContext } from '../../core/index.js';
import { Caller, MLFLOW_3, Requires } from '../../http/index.js';
import { ChangeNamedRoles, NamedRoles } from '../named-roles/named-roles.js';
import { NamedRoleChange } from '../named-roles/decide.js';
import { MlflowAccounts, reasoned } from './mlflow-accounts.js';
import { CreateRoleRequest, ListRolesRequest, RoleOfUserRequest, RoleRequest, UpdateRoleRequest } from './requests.js';
import { UserRequest } from './requests.js';
import { RolesWire, WORKSPACE } from './roles-wire.js';

/** MLflow's calls for roles of its own kind: names for permissions that several accounts are given. */
@ApiTags('mlflow roles')
@Controller(MLFLOW_3)
export class MlflowRolesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly named: NamedRoles,
    private readonly accounts: MlflowAccounts,
    private readonly wire: RolesWire,
  ) {}

  @Post('roles/create')
  @HttpCode(200)
  @Requires('user:write')
  async create(@Caller() context: CommandContext, @Body() { name, workspace, description }: CreateRoleRequest) {
    if (workspace !== WORKSPACE)
      throw errors.invalid('one-workspace', `there is one workspace for all, ${WORKSPACE}`, 'workspace');
    const { state } = await this.change(context, 'roles/create', {
      type: 'CreateRole',
      name,
      ...(description === undefined ? {} : { description }),
    });
    const roleId = state.roles.findKey((role) => role.name === name) ?? state.given.role;
    return { role: await this.wire.role(state, roleId) };
  }

  @Get('roles/get')
  @Requires('user:read')
  async get(@Query() { role_id }: RoleRequest) {
    return { role: await this.wire.role((await this.named.load()).state, role_id) };
  }

  @Get('roles/list')
  @Requires('user:read')
  async list(@Query() { workspace }: ListRolesRequest) {
    const { state } = await this.named.load();
    const ids = workspace === undefined || workspace.includes(WORKSPACE) ? [...state.roles.keys()] : [];
    return { roles: await this.wire.roles(state, ids) };
  }

  @Patch('roles/update')
  @Requires('user:write')
  async update(@Caller() context: CommandContext, @Body() { role_id, name, description }: UpdateRoleRequest) {
    if (name === undefined && description === undefined)
      throw errors.invalid('nothing-to-update', 'name or description has to be given to update a role', 'name');
    const { state } = await this.change(context, 'roles/update', {
      type: 'ChangeRole',
      roleId: role_id,
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
    });
    return { role: await this.wire.role(state, role_id) };
  }

  @Delete('roles/delete')
  @Requires('user:write')
  async remove(@Caller() context: CommandContext, @Body() { role_id }: RoleRequest): Promise<object> {
    await this.change(context, 'roles/delete', { type: 'DeleteRole', roleId: role_id });
    return {};
  }

  @Post('roles/assign')
  @HttpCode(200)
  @Requires('user:write')
  async assign(@Caller() context: CommandContext, @Body() { username, role_id }: RoleOfUserRequest) {
    const { userId } = await this.accounts.find(username);
    const change = { type: 'AssignRole', roleId: role_id, userId } as const;
    const { state } = await this.change(context, 'roles/assign', change);
    const id = state.assigned.get(role_id)?.get(userId);
    return { assignment: { id, user_id: await this.accounts.numberOf(userId), role_id } };
  }

  @Delete('roles/unassign')
  @Requires('user:write')
  async unassign(@Caller() context: CommandContext, @Body() { username, role_id }: RoleOfUserRequest): Promise<object> {
    const { userId } = await this.accounts.find(username);
    await this.change(context, 'roles/unassign', { type: 'UnassignRole', roleId: role_id, userId });
    return {};
  }

  @Get('users/roles/list')
  @Requires('self:read')
  async ofUser(@Caller() context: CommandContext, @Query() { username }: UserRequest) {
    const { userId } = await this.accounts.selfOr('user:read', context, username);
    const { state } = await this.named.load();
    return { roles: await this.wire.rolesOf(state, userId) };
  }

  @Get('roles/users/list')
  @Requires('user:read')
  async users(@Query() { role_id }: RoleRequest) {
    const { state } = await this.named.load();
    await this.wire.role(state, role_id);
    const assigned = [...(state.assigned.get(role_id) ?? [])];
    const assignments = assigned.map(async ([userId, id]) => {
      return { id, user_id: await this.accounts.numberOf(userId), role_id };
    });
    return { assignments: await Promise.all(assignments) };
  }

  private change(context: CommandContext, call: string, change: NamedRoleChange) {
    return this.commands.execute(new ChangeNamedRoles(reasoned(context, call), change));
  }
}
