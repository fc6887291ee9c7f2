import { Injectable } from '@nestjs/common';
import { errors, UserId } from '../../core/index.js';
import { NamedPermission, NamedRoles } from '../named-roles/events.js';
import { Resources } from './resources.js';

/** The one workspace that there is, by MLflow's name for it. */
export const WORKSPACE = 'default';

export interface WirePermission {
  readonly id: number;
  readonly role_id: number;
  readonly resource_type: string;
  readonly resource_pattern: string;
  readonly permission: string;
}
export interface WireRole {
  readonly id: number;
  readonly name: string;
  readonly workspace: string;
  readonly description: string | null;
  readonly permissions: readonly WirePermission[];
}

/** Named roles in MLflow's shape. */
@Injectable()
export class RolesWire {
  constructor(private readonly resources: Resources) {}

  /** @throws CustodyError kind `not-found` */
  async role(state: NamedRoles, roleId: number): Promise<WireRole> {
    const role = state.roles.get(roleId);
    if (!role) throw errors.notFound('role-not-found', `Role with id=${roleId} not found`, 'role_id');
    const { name, description = null } = role;
    return { id: roleId, name, workspace: WORKSPACE, description, permissions: await this.permissions(state, roleId) };
  }

  roles(state: NamedRoles, ids: readonly number[]): Promise<readonly WireRole[]> {
    return Promise.all(ids.toSorted((a, b) => a - b).map((id) => this.role(state, id)));
  }

  rolesOf(state: NamedRoles, userId: UserId): Promise<readonly WireRole[]> {
    return this.roles(state, [...state.assigned.filter((users) => users.has(userId)).keys()]);
  }

  async permission(id: number, { roleId, scope, level }: NamedPermission): Promise<WirePermission> {
    const { type, pattern } = await this.resources.named(scope);
    return { id, role_id: roleId, resource_type: type, resource_pattern: pattern, permission: level };
  }

  private permissions({ permissions }: NamedRoles, roleId: number): Promise<readonly WirePermission[]> {
    const own = [...permissions.filter((each) => each.roleId === roleId)].toSorted(([a], [b]) => a - b);
    return Promise.all(own.map(([id, each]) => this.permission(id, each)));
  }
}
