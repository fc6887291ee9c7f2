import { isDeepStrictEqual } from 'node:util';
import { accept, Decision, refuse, Sealed, UserId } from '../../../core/index.js';
import { areApart } from '../../user/apart.js';
import { Account, UserEvent } from '../../user/events.js';
import { VerifyIdentity, verifyIdentity } from '../../verification/decide.js';
import { isGroupGrant, ProvisionedGrant } from '../groups/decide.js';

export interface Profile {
  readonly displayName: Sealed;
  readonly email?: Sealed;
  /** Its own id, parts of the name, all mail addresses: JSON, sealed as one. */
  readonly details?: Sealed;
}
/** What the lab's directory changes about an account, all of it or nothing. */
export interface ProvisionPerson {
  readonly type: 'ProvisionPerson';
  /** The account that it was computed from: on another one it would undo what was changed meanwhile. */
  readonly seen: Seen;
  readonly profile?: Profile;
  readonly active?: boolean;
  /** How its person was identified, for somebody who comes back. */
  readonly how?: Sealed;
  readonly by: UserId;
  readonly released?: number;
}
export type Seen = Profile & Pick<Account, 'status'>;
export interface Deprovision {
  readonly type: 'Deprovision';
  readonly released?: number;
}
export type GrantSource = 'groups' | 'claims';
const IS_FROM: Readonly<Record<GrantSource, (grantId: string) => boolean>> = {
  groups: isGroupGrant,
  claims: (grantId) => grantId.startsWith('oidc-'),
};
export interface ProvisionGrants {
  readonly type: 'ProvisionGrants';
  /** The directory's groups, or claims of the OpenID provider: each has its own grants, and leaves all others alone. */
  readonly from: GrantSource;
  /** All that the account has by it. */
  readonly grants: readonly ProvisionedGrant[];
}

/** Never answered: whoever computed the change does so again. */
export const CHANGED_MEANWHILE = 'account-changed-meanwhile';

export function provisionPerson(command: ProvisionPerson, user: Account): Decision<UserEvent> {
  const { seen, profile, active, how, by } = command;
  const { userId, kind, deprovisioned, status } = user;
  if (deprovisioned || kind === 'service') return refuse('not-found', 'user-not-found', 'there is no such account');
  if (!isDeepStrictEqual(seenOf(user), seenOf(seen)))
    return refuse('conflict', CHANGED_MEANWHILE, 'the account was changed meanwhile; send it again');
  const changed: readonly UserEvent[] = profile ? [{ type: 'ProfileChanged', data: { userId, ...profile } }] : [];
  if (active === undefined || active === (status !== 'disabled')) return accept(...changed);
  if (active) return enabled(user, changed, how === undefined ? undefined : { type: 'VerifyIdentity', how, by });
  if (by === userId) return refuse('state', 'own-account', 'nobody disables their own account');
  return accept<UserEvent>(...changed, { type: 'UserDisabled', data: { userId, byDirectory: true } });
}

export const seenOf = ({ status, displayName, email, details }: Seen): Seen => ({
  status,
  displayName,
  ...(email === undefined ? {} : { email }),
  ...(details === undefined ? {} : { details }),
});

/**
 * Somebody comes back: without tokens, password and leave to break the glass, and to be identified anew. Whoever
 * gave roles by hand gave them to somebody who then left; groups give theirs again after this.
 */
function enabled(user: Account, before: readonly UserEvent[], verify: VerifyIdentity | undefined): Decision<UserEvent> {
  const { userId, disabledByDirectory, roles, grants, breakGlass } = user;
  if (!disabledByDirectory) {
    const message = 'an administrator disabled this account, so the directory can’t let its person come back';
    return refuse('denied', 'disabled-by-administrator', message, 'active');
  }
  const events: UserEvent[] = [...before, { type: 'UserEnabled', data: { userId } }];
  if (roles.length > 0) events.push({ type: 'RolesChanged', data: { userId, from: roles, to: [] } });
  for (const [grantId, { role, scope }] of grants)
    events.push({ type: 'RoleGrantRevoked', data: { userId, grantId, role, scope } });
  if (breakGlass) events.push({ type: 'BreakGlassWithdrawn', data: { userId } });
  if (!verify) return accept(...events);
  const verified = verifyIdentity(verify, { ...user, status: 'pending' });
  return verified.ok ? accept(...events, ...verified.events) : verified;
}

/** Gone from the directory: disabled for ever. The id and the login stay taken. */
export function deprovision({ userId, status, deprovisioned }: Account): Decision<UserEvent> {
  if (deprovisioned) return accept();
  const gone: UserEvent = { type: 'UserDeprovisioned', data: { userId } };
  const disabled: UserEvent = { type: 'UserDisabled', data: { userId, byDirectory: true } };
  return accept<UserEvent>(...(status === 'disabled' ? [] : [disabled]), gone);
}

export function provisionGrants({ from, grants }: ProvisionGrants, user: Account): Decision<UserEvent> {
  const { userId, kind, status } = user;
  // Groups are of people; a disabled account gets its roles when it comes back.
  if ((kind === 'service' && from === 'groups') || status === 'disabled') return accept();
  const wanted = new Map(apart(grants, from, user).map((grant) => [grant.grantId, grant]));
  const granted = [...wanted.values()]
    .filter(({ grantId }) => !user.grants.has(grantId))
    .map((grant): UserEvent => ({ type: 'RoleGranted', data: { userId, ...grant } }));
  const revoked = [...user.grants]
    .filter(([grantId]) => IS_FROM[from](grantId) && !wanted.has(grantId))
    .map(([grantId, { role, scope }]): UserEvent => ({
      type: 'RoleGrantRevoked',
      data: { userId, grantId, role, scope },
    }));
  return accept(...revoked, ...granted);
}

/** A group or a claim that gives roles which are kept apart gives the one less that makes accounts. */
function apart(
  grants: readonly ProvisionedGrant[],
  from: GrantSource,
  { roles, grants: had }: Account,
): readonly ProvisionedGrant[] {
  const others = [...had].flatMap(([grantId, { role }]) => (IS_FROM[from](grantId) ? [] : [role]));
  const before = [...roles, ...others];
  if (!areApart([...before, ...grants.map(({ role }) => role)])) return grants;
  const makes = before.includes('provisioner');
  return grants.filter(({ role }) => (role === 'provisioner') === makes);
}

/** Whether the account has all of these by it, and nothing else. */
export const hasGrants = (user: Account, from: GrantSource, grants: readonly ProvisionedGrant[]): boolean => {
  const had = [...user.grants.keys()].filter(IS_FROM[from]);
  return had.length === grants.length && grants.every(({ grantId }) => user.grants.has(grantId));
};
