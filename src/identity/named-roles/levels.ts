import { Micros, never, Role, ScopedRole, UserId } from '../../core/index.js';
import { Account, PERMISSION_LEVELS, PermissionLevel } from '../user/events.js';
import { Rights, rightsAt } from '../user/rights.js';
import { NamedRoles } from './events.js';

const WHY: { readonly [Level in PermissionLevel]: string } = {
  READ: 'to see it, with its runs, versions and files',
  USE: 'the same: using an experiment or a model is to read it',
  EDIT: 'to log to it, register versions and move them up to Staging',
  MANAGE: 'the same: owning a model promotes nothing, and rights are given by administrators',
};

/**
 * What MLflow's levels are in Custody's roles. None of them is more than an analyst: what promotes is a
 * reviewer's right, which nobody gets by owning what they trained. Nor does MANAGE give rights to others: that is
 * for administrators.
 */
export function roleOf(level: PermissionLevel): Extract<Role, 'viewer' | 'analyst'> {
  switch (level) {
    case 'READ':
    case 'USE':
      return 'viewer';
    case 'EDIT':
    case 'MANAGE':
      return 'analyst';
    default:
      return never(level);
  }
}

/** For the published table: what each level is, and why no more. */
export const LEVEL_ROLES = PERMISSION_LEVELS.map((level) => ({ level, role: roleOf(level), why: WHY[level] }));

/** What an account may be at a time, the named roles that it has included. */
export function rightsWith(roles: NamedRoles, user: Account, now: Micros): Rights {
  const own = rightsAt(user, now);
  if (user.status !== 'active') return own;
  return { ...own, scoped: [...own.scoped, ...scopedThrough(roles, user.userId)] };
}

/** The roles that an account holds for some things through the named roles that it has. */
export const scopedThrough = ({ permissions, assigned }: NamedRoles, userId: UserId): readonly ScopedRole[] =>
  [...permissions.values()].flatMap(({ roleId, scope, level }) =>
    assigned.get(roleId)?.has(userId) ? [{ role: roleOf(level), scope }] : [],
  );
