import { covers, Micros, Place, Role, sameScope } from '../../core/index.js';
import { MATRIX } from '../access/matrix.js';
import { NamedRoles } from '../named-roles/events.js';
import { Account, PERMISSION_LEVELS, PermissionLevel } from '../user/events.js';
import { isLive } from '../user/rights.js';
import { ResourceType, RoleScope } from './resources.js';

/** What a role of Custody's is in MLflow's words, by the matrix: who may change things there, and who may see them. */
export function levelOfRole(role: Role, type: ResourceType): PermissionLevel | undefined {
  const thing = type === 'experiment' ? 'experiment' : 'model';
  if (MATRIX[role].has(`${thing}:write`)) return 'EDIT';
  return MATRIX[role].has(`${thing}:read`) ? 'READ' : undefined;
}

export interface Held {
  /** Where it comes from: a role of Custody's, a named role, or nothing but the account itself. */
  readonly from: { readonly roleId: number; readonly name: string } | { readonly role: Role } | 'direct';
  readonly scope: RoleScope | { readonly kind: 'everything' };
  /** Of what a role allows, the rest depends on the kind of thing. */
  readonly level: PermissionLevel | undefined;
  readonly role?: Role;
}

/** Everything that an account may do with experiments and models, and whence. */
export function held(account: Account, { roles, permissions, assigned }: NamedRoles, now: Micros): readonly Held[] {
  const { userId, grants } = account;
  return [
    ...account.roles.map((role): Held => ({ from: { role }, scope: { kind: 'everything' }, level: undefined, role })),
    ...[...grants.values()]
      .filter((grant) => isLive(grant, now))
      .map(({ role, scope, level }): Held => ({ from: level ? 'direct' : { role }, scope, level, role })),
    ...[...permissions.values()]
      .filter(({ roleId }) => assigned.get(roleId)?.has(userId))
      .map(({ roleId, scope, level }): Held => {
        return { from: { roleId, name: roles.get(roleId)?.name ?? '' }, scope, level };
      }),
  ];
}

export const levelOf = ({ level, role }: Held, type: ResourceType): PermissionLevel | undefined =>
  level ?? (role === undefined ? undefined : levelOfRole(role, type));

/** The most that somebody may do with one thing, or, where there is no place, with all of the kind. */
export function effective(
  all: readonly Held[],
  type: ResourceType,
  where: Place | Extract<RoleScope, { pattern: unknown }> | undefined,
): PermissionLevel | 'NO_PERMISSIONS' {
  if (where === undefined) return 'NO_PERMISSIONS';
  const there = all.filter(({ scope }) =>
    'name' in where ? covers(scope, where) : scope.kind === 'everything' || sameScope(scope, where),
  );
  const levels = there.map((each) => levelOf(each, type));
  return PERMISSION_LEVELS.findLast((level) => levels.includes(level)) ?? 'NO_PERMISSIONS';
}
