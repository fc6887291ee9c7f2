import { describe, expect, it } from '@jest/globals';
import { Micros, namePattern, Scope, Sealed, UserId } from '../../../core/index.js';
import { specFor } from '../../../core/testing/decider-spec.js';
import { userDecider } from '../../user/decide.js';
import { evolve, nobody, UserCreated, UserEvent } from '../../user/events.js';
import { rightsAt } from '../../user/rights.js';
import { Seen } from './decide.js';

const { given } = specFor(userDecider);
const userId = 'u-1' as UserId;
const now = 1_000_000 as Micros;
const sealed: Sealed = { subject: userId, box: 'v1.x.y' };
const created: UserCreated = {
  type: 'UserCreated',
  data: { userId, kind: 'person', login: sealed, displayName: sealed, roles: ['viewer'] },
};
const password: UserEvent = { type: 'PasswordSet', data: { userId, version: 1, verifierId: 'pw-1', setAt: now } };
const token: UserEvent = { type: 'TokenIssued', data: { userId, tokenId: 't-1', label: sealed } };
const disabled: UserEvent = { type: 'UserDisabled', data: { userId } };
const enabled: UserEvent = { type: 'UserEnabled', data: { userId } };
const gone: UserEvent = { type: 'UserDeprovisioned', data: { userId } };
const everywhere = { kind: 'everything' as const };
const lims: Scope = { kind: 'experiments', pattern: namePattern('LIMS*') };
const byGroup: UserEvent = {
  type: 'RoleGranted',
  data: { userId, grantId: 'grp-1-analyst', role: 'analyst', scope: everywhere },
};

const byDirectory: UserEvent = { type: 'UserDisabled', data: { userId, byDirectory: true } };
const by = 'svc-directory' as UserId;
const seen = (status: Seen['status']): Seen => ({ status, displayName: sealed });
const says = (active: boolean, status: Seen['status'] = 'disabled') => ({
  type: 'ProvisionPerson' as const,
  seen: seen(status),
  active,
  by,
});

describe('somebody who comes back', () => {
  const unnamed: UserEvent = { ...created, data: { ...created.data, roles: [] } };

  it('has neither tokens nor the old password, and waits to be identified', () => {
    given(unnamed, password, token, byDirectory).when(says(true)).then(enabled);
    const user = [unnamed, password, token, byDirectory, enabled].reduce(evolve, nobody);
    if (user.status === 'absent') throw new Error('there is an account');
    expect(user).toMatchObject({ status: 'pending', formerPasswords: ['pw-1'] });
    expect(user).not.toHaveProperty('password');
    expect(user.tokens.size).toBe(0);
    expect(rightsAt(user, now).roles).toEqual([]);
  });
  it('has no roles that they had before, not even where the directory says how they were identified', () => {
    const own: UserEvent = {
      type: 'RoleGranted',
      data: { userId, grantId: 'g-1', role: 'auditor', scope: everywhere, expiresAt: (now + 1) as Micros },
    };
    const revoked = (grantId: string, role: 'analyst' | 'auditor'): UserEvent => ({
      type: 'RoleGrantRevoked',
      data: { userId, grantId, role, scope: everywhere },
    });
    given(created, own, byGroup, { type: 'BreakGlassAllowed', data: { userId } }, byDirectory)
      .when({ ...says(true), how: sealed })
      .then(
        enabled,
        { type: 'RolesChanged', data: { userId, from: ['viewer'], to: [] } },
        revoked('g-1', 'auditor'),
        revoked('grp-1-analyst', 'analyst'),
        { type: 'BreakGlassWithdrawn', data: { userId } },
        { type: 'IdentityVerified', data: { userId, how: sealed, by } },
      );
  });
  it('is nobody whom an administrator disabled, before or after the directory did', () => {
    const denied = { kind: 'denied' as const, code: 'disabled-by-administrator' };
    given(created, disabled).when(says(true)).thenRefused(denied);
    given(created, byDirectory)
      .when({ type: 'DisableUser', by: 'u-admin' as UserId })
      .then(disabled);
    given(created, byDirectory, disabled).when(says(true)).thenRefused(denied);
    given(created, byDirectory, disabled)
      .when({ type: 'DisableUser', by: 'u-admin' as UserId })
      .thenNothing();
    given(created, byDirectory, enabled, disabled).when(says(true)).thenRefused(denied);
  });
  it('is somebody who was not deleted', () => {
    given(created, byDirectory, gone).when(says(true)).thenRefused({ kind: 'not-found' });
    given(created).when(says(true, 'active')).thenNothing();
  });
});

describe('what the directory changes', () => {
  const profile = { displayName: { ...sealed, box: 'v1.other' } };
  const renamed: UserEvent = { type: 'ProfileChanged', data: { userId, ...profile } };

  it('happens all together', () => {
    given(created)
      .when({ ...says(false, 'active'), profile })
      .then(renamed, byDirectory);
    given(created, disabled)
      .when({ ...says(true), profile })
      .thenRefused({ kind: 'denied' });
  });
  it('leaves alone what it does not say', () => {
    given(created, byDirectory)
      .when({ type: 'ProvisionPerson', seen: seen('disabled'), profile, by })
      .then(renamed);
  });
  it('is computed again when the account is another one by then', () => {
    const conflict = { kind: 'conflict' as const, code: 'account-changed-meanwhile' };
    given(created, byDirectory)
      .when({ ...says(true, 'active'), profile })
      .thenRefused(conflict);
    given(created, renamed).when(says(false, 'active')).thenRefused(conflict);
  });
});

describe('somebody whom the directory deletes', () => {
  it('is disabled in the same append, once', () => {
    given(created).when({ type: 'Deprovision' }).then(byDirectory, gone);
    given(created, disabled).when({ type: 'Deprovision' }).then(gone);
    given(created, disabled, gone).when({ type: 'Deprovision' }).thenNothing();
  });
});

describe('roles by groups', () => {
  const analyst = { grantId: 'grp-1-analyst', role: 'analyst' as const, scope: everywhere };
  const wanted = { type: 'ProvisionGrants' as const, from: 'groups' as const, grants: [analyst] };

  it('are granted and revoked until they are as the groups say', () => {
    given(created).when(wanted).then(byGroup);
    given(created, byGroup).when(wanted).thenNothing();
    given(created, byGroup)
      .when({ ...wanted, grants: [{ grantId: 'grp-2-reviewer', role: 'reviewer', scope: lims }] })
      .then(
        { ...byGroup, type: 'RoleGrantRevoked' },
        { type: 'RoleGranted', data: { userId, grantId: 'grp-2-reviewer', role: 'reviewer', scope: lims } },
      );
  });
  it('leave what an administrator granted alone', () => {
    const own: UserEvent = {
      type: 'RoleGranted',
      data: { userId, grantId: 'g-1', role: 'auditor', scope: everywhere, expiresAt: (now + 1) as Micros },
    };
    given(created, own, byGroup)
      .when({ ...wanted, grants: [] })
      .then({ ...byGroup, type: 'RoleGrantRevoked' });
  });
  it('leave alone what claims of the OpenID provider give, which a service may have too', () => {
    const byClaim: UserEvent = {
      type: 'RoleGranted',
      data: { userId, grantId: 'oidc-analyst-1', role: 'analyst', scope: lims },
    };
    const service = { ...created, data: { ...created.data, kind: 'service' as const } };
    const claimed = {
      type: 'ProvisionGrants' as const,
      from: 'claims' as const,
      grants: [{ grantId: 'oidc-analyst-1', role: 'analyst' as const, scope: lims }],
    };
    given(service).when(claimed).then(byClaim);
    given(created, byGroup).when(claimed).then(byClaim);
    given(created, byGroup, byClaim)
      .when({ ...wanted, grants: [] })
      .then({ ...byGroup, type: 'RoleGrantRevoked' });
  });
  it('are for people who are not disabled', () => {
    given(created, disabled).when(wanted).thenNothing();
    given({ ...created, data: { ...created.data, kind: 'service' } })
      .when(wanted)
      .thenNothing();
  });
  it('are not taken back by hand: the group would give them again', () => {
    given(created, byGroup)
      .when({ type: 'RevokeGrant', by: 'u-root' as UserId, grantId: 'grp-1-analyst' })
      .thenRefused({ kind: 'state', code: 'grant-of-group', field: 'grant_id' });
  });
});
