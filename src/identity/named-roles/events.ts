import { Map } from 'immutable';
import { DomainEvent, never, ScopedRole, UserId } from '../../core/index.js';
import { PermissionLevel } from '../user/events.js';

/** All of them in one stream: who has which rights through them is one question, asked for every request. */
export const NAMED_ROLES = 'named-roles';

type RoleScope = ScopedRole['scope'];

export type NamedRoleCreated = DomainEvent<
  'NamedRoleCreated',
  { readonly roleId: number; readonly name: string; readonly description?: string }
>;
export type NamedRoleChanged = DomainEvent<
  'NamedRoleChanged',
  { readonly roleId: number; readonly name?: string; readonly description?: string }
>;
/** Its permissions and assignments end with it. */
export type NamedRoleDeleted = DomainEvent<'NamedRoleDeleted', { readonly roleId: number; readonly name: string }>;
export type NamedRolePermissionAdded = DomainEvent<
  'NamedRolePermissionAdded',
  {
    readonly roleId: number;
    readonly permissionId: number;
    readonly scope: RoleScope;
    readonly level: PermissionLevel;
  }
>;
export type NamedRolePermissionChanged = DomainEvent<
  'NamedRolePermissionChanged',
  {
    readonly roleId: number;
    readonly permissionId: number;
    readonly from: PermissionLevel;
    readonly to: PermissionLevel;
  }
>;
export type NamedRolePermissionRemoved = DomainEvent<
  'NamedRolePermissionRemoved',
  {
    readonly roleId: number;
    readonly permissionId: number;
    readonly scope: RoleScope;
    readonly level: PermissionLevel;
  }
>;
export type NamedRoleAssigned = DomainEvent<
  'NamedRoleAssigned',
  { readonly roleId: number; readonly assignmentId: number; readonly userId: UserId }
>;
export type NamedRoleUnassigned = DomainEvent<
  'NamedRoleUnassigned',
  { readonly roleId: number; readonly assignmentId: number; readonly userId: UserId }
>;

export type NamedRoleEvent =
  | NamedRoleCreated
  | NamedRoleChanged
  | NamedRoleDeleted
  | NamedRolePermissionAdded
  | NamedRolePermissionChanged
  | NamedRolePermissionRemoved
  | NamedRoleAssigned
  | NamedRoleUnassigned;

export interface NamedPermission {
  readonly roleId: number;
  readonly scope: RoleScope;
  readonly level: PermissionLevel;
}
export interface NamedRole {
  readonly name: string;
  readonly description?: string;
}

export interface NamedRoles {
  readonly roles: Map<number, NamedRole>;
  readonly permissions: Map<number, NamedPermission>;
  /** By role, then by account; the value is the id of the assignment. */
  readonly assigned: Map<number, Map<UserId, number>>;
  /** Ids that were given out, also of what is gone: none is used twice. */
  readonly given: { readonly role: number; readonly permission: number; readonly assignment: number };
}

export const noRoles: NamedRoles = {
  roles: Map(),
  permissions: Map(),
  assigned: Map(),
  given: { role: 0, permission: 0, assignment: 0 },
};

export function evolve(state: NamedRoles, { type, data }: NamedRoleEvent): NamedRoles {
  const { roles, permissions, assigned, given } = state;
  switch (type) {
    case 'NamedRoleCreated': {
      const { roleId, ...role } = data;
      return { ...state, roles: roles.set(roleId, role), given: { ...given, role: roleId } };
    }
    case 'NamedRoleChanged': {
      const { roleId, ...change } = data;
      return { ...state, roles: roles.update(roleId, { name: '' }, (role) => ({ ...role, ...change })) };
    }
    case 'NamedRoleDeleted':
      return {
        ...state,
        roles: roles.remove(data.roleId),
        permissions: permissions.filter(({ roleId }) => roleId !== data.roleId),
        assigned: assigned.remove(data.roleId),
      };
    case 'NamedRolePermissionAdded': {
      const { permissionId, ...permission } = data;
      const next = { ...given, permission: permissionId };
      return { ...state, permissions: permissions.set(permissionId, permission), given: next };
    }
    case 'NamedRolePermissionChanged': {
      const known = permissions.get(data.permissionId);
      return known
        ? { ...state, permissions: permissions.set(data.permissionId, { ...known, level: data.to }) }
        : state;
    }
    case 'NamedRolePermissionRemoved':
      return { ...state, permissions: permissions.remove(data.permissionId) };
    case 'NamedRoleAssigned': {
      const { roleId, userId, assignmentId } = data;
      const users = assigned.get(roleId, Map<UserId, number>()).set(userId, assignmentId);
      return { ...state, assigned: assigned.set(roleId, users), given: { ...given, assignment: assignmentId } };
    }
    case 'NamedRoleUnassigned':
      return { ...state, assigned: assigned.update(data.roleId, Map(), (users) => users.remove(data.userId)) };
    default:
      return never(type);
  }
}
