import { accept, Decider, Decision, never, refuse, sameScope, ScopedRole, UserId } from '../../core/index.js';
import { PermissionLevel } from '../user/events.js';
import { ownRights } from '../user/rights.js';
import { evolve, NamedRoleEvent, NamedRoles, noRoles } from './events.js';

export type NamedRoleChange =
  | { readonly type: 'CreateRole'; readonly name: string; readonly description?: string }
  | {
      readonly type: 'ChangeRole';
      readonly roleId: number;
      readonly name?: string;
      readonly description?: string;
    }
  | { readonly type: 'DeleteRole'; readonly roleId: number }
  | {
      readonly type: 'AddPermission';
      readonly roleId: number;
      readonly scope: ScopedRole['scope'];
      readonly level: PermissionLevel;
    }
  | { readonly type: 'ChangePermission'; readonly permissionId: number; readonly level: PermissionLevel }
  | { readonly type: 'RemovePermission'; readonly permissionId: number }
  | { readonly type: 'AssignRole'; readonly roleId: number; readonly userId: UserId }
  | { readonly type: 'UnassignRole'; readonly roleId: number; readonly userId: UserId };
/** `by` is who asks: nobody gives themselves a role, or fills one that they have. */
export type NamedRoleCommand = NamedRoleChange & { readonly by: UserId };
type Of<T extends NamedRoleChange['type']> = Extract<NamedRoleChange, { type: T }>;
type Decided = Decision<NamedRoleEvent>;

const MAX_ROLES = 1000;
const MAX_PERMISSIONS = 500;
const MAX_ASSIGNED = 10_000;
/** MLflow's own names for what is granted to one person directly. */
const RESERVED = '__user_';

export const namedRolesDecider: Decider<NamedRoles, NamedRoleCommand, NamedRoleEvent> = {
  initial: noRoles,
  evolve,
  decide,
};

function decide(command: NamedRoleCommand, state: NamedRoles): Decided {
  const { by, ...asked } = command;
  return ofTheirOwn(by, asked, state) ? ownRights() : change(asked, state);
}

function ofTheirOwn(by: UserId, asked: NamedRoleChange, { permissions, assigned }: NamedRoles): boolean {
  const has = (roleId: number | undefined) => roleId !== undefined && assigned.get(roleId)?.has(by) === true;
  switch (asked.type) {
    case 'AssignRole':
    case 'UnassignRole':
      return asked.userId === by;
    case 'AddPermission':
    case 'DeleteRole':
      return has(asked.roleId);
    case 'ChangePermission':
    case 'RemovePermission':
      return has(permissions.get(asked.permissionId)?.roleId);
    case 'CreateRole':
    case 'ChangeRole':
      return false;
    default:
      return never(asked);
  }
}

function change(command: NamedRoleChange, state: NamedRoles): Decided {
  switch (command.type) {
    case 'CreateRole':
      return create(command, state);
    case 'ChangeRole':
      return describe(command, state);
    case 'DeleteRole': {
      const role = state.roles.get(command.roleId);
      if (!role) return noRole(command.roleId);
      return accept({ type: 'NamedRoleDeleted', data: { roleId: command.roleId, name: role.name } });
    }
    case 'AddPermission':
      return addPermission(command, state);
    case 'ChangePermission':
      return changePermission(command, state);
    case 'RemovePermission': {
      const { permissionId } = command;
      const known = state.permissions.get(permissionId);
      if (!known) return noPermission(permissionId);
      return accept({ type: 'NamedRolePermissionRemoved', data: { permissionId, ...known } });
    }
    case 'AssignRole':
      return assign(command, state);
    case 'UnassignRole': {
      const { roleId, userId } = command;
      const assignmentId = state.assigned.get(roleId)?.get(userId);
      if (assignmentId === undefined)
        return refuse('not-found', 'assignment-not-found', 'the account does not have this role', 'role_id');
      return accept({ type: 'NamedRoleUnassigned', data: { roleId, assignmentId, userId } });
    }
    default:
      return never(command);
  }
}

function create({ name, description }: Of<'CreateRole'>, { roles, given }: NamedRoles): Decided {
  if (name.startsWith(RESERVED)) return reserved(name);
  if (roles.some((role) => role.name === name)) return taken(name);
  if (roles.size >= MAX_ROLES) return tooMany(`there are at most ${MAX_ROLES} roles`);
  const data = { roleId: given.role + 1, name, ...(description === undefined ? {} : { description }) };
  return accept({ type: 'NamedRoleCreated', data });
}

function describe({ type: _, roleId, ...to }: Of<'ChangeRole'>, { roles }: NamedRoles): Decided {
  const role = roles.get(roleId);
  if (!role) return noRole(roleId);
  const { name = role.name, description = role.description } = to;
  if (name.startsWith(RESERVED)) return reserved(name);
  if (roles.some((other, id) => id !== roleId && other.name === name)) return taken(name);
  if (name === role.name && description === role.description) return accept();
  return accept({ type: 'NamedRoleChanged', data: { roleId, ...to } });
}

function addPermission(
  { type: _, ...permission }: Of<'AddPermission'>,
  { roles, permissions, given }: NamedRoles,
): Decided {
  const { roleId, scope } = permission;
  if (!roles.has(roleId)) return noRole(roleId);
  const own = permissions.filter((known) => known.roleId === roleId);
  if (own.some((known) => sameScope(known.scope, scope))) {
    const message = 'the role has a permission there already: update it';
    return refuse('already-exists', 'role-permission-exists', message, 'resource_pattern');
  }
  if (own.size >= MAX_PERMISSIONS) return tooMany(`a role has at most ${MAX_PERMISSIONS} permissions`);
  return accept({ type: 'NamedRolePermissionAdded', data: { ...permission, permissionId: given.permission + 1 } });
}

function changePermission({ permissionId, level }: Of<'ChangePermission'>, { permissions }: NamedRoles): Decided {
  const known = permissions.get(permissionId);
  if (!known) return noPermission(permissionId);
  const { roleId, level: from } = known;
  if (from === level) return accept();
  return accept({ type: 'NamedRolePermissionChanged', data: { roleId, permissionId, from, to: level } });
}

function assign({ roleId, userId }: Of<'AssignRole'>, { roles, assigned, given }: NamedRoles): Decided {
  if (!roles.has(roleId)) return noRole(roleId);
  const users = assigned.get(roleId);
  if (users?.has(userId))
    return refuse('already-exists', 'assignment-exists', 'the account has this role already', 'role_id');
  if ((users?.size ?? 0) >= MAX_ASSIGNED) return tooMany(`a role is assigned to at most ${MAX_ASSIGNED} accounts`);
  return accept({ type: 'NamedRoleAssigned', data: { roleId, userId, assignmentId: given.assignment + 1 } });
}

const noRole = (roleId: number) => refuse('not-found', 'role-not-found', `Role with id=${roleId} not found`, 'role_id');
const noPermission = (permissionId: number) =>
  refuse(
    'not-found',
    'role-permission-not-found',
    `Role permission with id=${permissionId} not found`,
    'role_permission_id',
  );
const taken = (name: string) =>
  refuse('already-exists', 'role-exists', `there is already a role named ${name}`, 'name');
const tooMany = (message: string) => refuse('state', 'too-many-roles', `${message}: remove some first`);
const reserved = (name: string) =>
  refuse('invalid', 'reserved-role-name', `Role name '${name}' uses the reserved '${RESERVED}' prefix`, 'name');
