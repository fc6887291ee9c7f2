import { accept, Decision, refuse, Sealed } from '../../../core/index.js';
import { Account, UserEvent } from '../../user/events.js';
import { GroupGrant, isGroupGrant } from '../groups/decide.js';

/** What the lab's directory changes about an account. */
export interface ChangeProfile extends Profile {
  readonly type: 'ChangeProfile';
}
export interface Profile {
  readonly displayName: Sealed;
  readonly email?: Sealed;
  /** Its own id, parts of the name, all mail addresses: JSON, sealed as one. */
  readonly details?: Sealed;
}
export interface EnableUser {
  readonly type: 'EnableUser';
}
export interface Deprovision {
  readonly type: 'Deprovision';
  readonly released?: number;
}
export interface ProvisionGrants {
  readonly type: 'ProvisionGrants';
  /** All that the account has by its groups, and nothing else of that kind. */
  readonly grants: readonly GroupGrant[];
}

export function changeProfile({ type: _, ...profile }: ChangeProfile, { userId }: Account): Decision<UserEvent> {
  return accept({ type: 'ProfileChanged', data: { userId, ...profile } });
}

/** Somebody comes back: without tokens, password and leave to break the glass, and to be identified anew. */
export function enableUser({ status, userId, kind, deprovisioned, breakGlass }: Account): Decision<UserEvent> {
  if (status !== 'disabled') return accept();
  if (deprovisioned || kind === 'service') return refuse('not-found', 'user-not-found', 'there is no such account');
  const enabled: UserEvent = { type: 'UserEnabled', data: { userId } };
  const withdrawn: UserEvent = { type: 'BreakGlassWithdrawn', data: { userId } };
  return accept<UserEvent>(enabled, ...(breakGlass ? [withdrawn] : []));
}

/** Gone from the directory: disabled for ever. The id and the login stay taken. */
export function deprovision({ userId, status, deprovisioned }: Account): Decision<UserEvent> {
  if (deprovisioned) return accept();
  const gone: UserEvent = { type: 'UserDeprovisioned', data: { userId } };
  const disabled: UserEvent = { type: 'UserDisabled', data: { userId } };
  return accept<UserEvent>(...(status === 'disabled' ? [] : [disabled]), gone);
}

export function provisionGrants({ grants }: ProvisionGrants, user: Account): Decision<UserEvent> {
  const { userId, kind, status } = user;
  // Groups say what people may do; a disabled account gets its roles when it comes back.
  if (kind === 'service' || status === 'disabled') return accept();
  const wanted = new Map(grants.map(({ grantId, role }) => [grantId, role]));
  const scope = { kind: 'everything' as const };
  const granted = [...wanted]
    .filter(([grantId]) => !user.grants.has(grantId))
    .map(([grantId, role]): UserEvent => ({ type: 'RoleGranted', data: { userId, grantId, role, scope } }));
  const revoked = [...user.grants]
    .filter(([grantId]) => isGroupGrant(grantId) && !wanted.has(grantId))
    .map(([grantId, { role }]): UserEvent => ({ type: 'RoleGrantRevoked', data: { userId, grantId, role, scope } }));
  return accept(...revoked, ...granted);
}
