import {
  accept,
  Decision,
  Micros,
  refuse,
  Role,
  sameScope,
  Scope,
  ScopedRole,
  unscopable,
  UserId,
} from '../../core/index.js';
import { isGroupGrant } from '../scim/groups/decide.js';
import { Account, PermissionLevel, RoleGrant, UserEvent } from './events.js';

export interface GrantRole {
  readonly type: 'GrantRole';
  readonly grantId: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly expiresAt?: Micros;
  /** One for each thing only, where it is given: it is what takes the grant back again. */
  readonly level?: PermissionLevel;
  readonly now: Micros;
  readonly by: UserId;
}
export interface RevokeGrant {
  readonly type: 'RevokeGrant';
  readonly grantId: string;
  readonly by: UserId;
}

/** Neither more nor less: what somebody may do is another person's decision. */
export const ownRights = () =>
  refuse('denied', 'own-rights', 'nobody changes their own rights: ask another administrator');

const MAX_GRANTS = 500;

export const isLive = ({ expiresAt }: RoleGrant, now: Micros): boolean => expiresAt === undefined || expiresAt > now;

export function grantRole({ type: _, now, by, ...grant }: GrantRole, user: Account): Decision<UserEvent> {
  const { userId, grants } = user;
  const { role, scope, expiresAt, grantId } = grant;
  if (by === userId) return ownRights();
  if (user.status === 'disabled') return refuse('state', 'user-disabled', 'the account is disabled');
  if (expiresAt !== undefined && expiresAt <= now)
    return refuse('invalid', 'expired', 'the expiry must be in the future', 'expires_at');
  const unscoped = unscopable(role, scope);
  if (unscoped !== undefined) return refuse('invalid', 'role-not-scoped', unscoped, 'role');
  if (scope.kind === 'everything' && expiresAt === undefined) {
    const message = 'a role that holds everywhere and for ever is set with POST /api/v1/users/{id}/roles';
    return refuse('invalid', 'grant-unlimited', message, 'expires_at');
  }
  if (grants.has(grantId)) return accept();
  if (grant.level !== undefined && levelled(user, scope) !== undefined)
    return refuse('already-exists', 'permission-exists', 'the account has a permission there already: revoke it first');
  if (grants.count((known) => isLive(known, now)) >= MAX_GRANTS)
    return refuse('state', 'too-many-grants', `an account has at most ${MAX_GRANTS} grants: revoke some first`);
  return accept({ type: 'RoleGranted', data: { userId, ...grant } });
}

export function revokeGrant({ grantId, by }: RevokeGrant, { userId, grants }: Account): Decision<UserEvent> {
  if (by === userId) return ownRights();
  const known = grants.get(grantId);
  if (known && isGroupGrant(grantId)) {
    const message = 'this role comes from a group: change who belongs to the group, or which roles it has';
    return refuse('state', 'grant-of-group', message, 'grant_id');
  }
  if (!known) return refuse('not-found', 'grant-not-found', 'the account has no such grant', 'grant_id');
  const { role, scope } = known;
  return accept({ type: 'RoleGrantRevoked', data: { userId, grantId, role, scope } });
}

/** The grant that was made with a level for this very scope. */
export const levelled = ({ grants }: Pick<Account, 'grants'>, scope: Scope): string | undefined =>
  grants.findKey((grant) => grant.level !== undefined && sameScope(grant.scope, scope));

/** What an account may be at a time (nothing, unless it is active), and until when that stays so if nobody changes it. */
export interface Rights {
  readonly roles: readonly Role[];
  readonly scoped: readonly ScopedRole[];
  readonly until: Micros | undefined;
}

export function rightsAt({ status, roles, grants }: Pick<Account, 'status' | 'roles' | 'grants'>, now: Micros): Rights {
  if (status !== 'active') return { roles: [], scoped: [], until: undefined };
  const everywhere = new Set(roles);
  const scoped: ScopedRole[] = [];
  let until: Micros | undefined;
  for (const grant of grants.values()) {
    if (!isLive(grant, now)) continue;
    const { role, scope, expiresAt } = grant;
    if (scope.kind === 'everything') everywhere.add(role);
    else scoped.push({ role, scope });
    if (expiresAt !== undefined && (until === undefined || expiresAt < until)) until = expiresAt;
  }
  return { roles: [...everywhere], scoped, until };
}
