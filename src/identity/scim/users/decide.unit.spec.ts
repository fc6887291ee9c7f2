import { describe, expect, it } from '@jest/globals';
import { Micros, Sealed, UserId } from '../../../core/index.js';
import { specFor } from '../../../core/testing/decider-spec.js';
import { userDecider } from '../../user/decide.js';
import { evolve, nobody, UserCreated, UserEvent } from '../../user/events.js';
import { rightsAt } from '../../user/rights.js';

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
const byGroup: UserEvent = {
  type: 'RoleGranted',
  data: { userId, grantId: 'grp-1-analyst', role: 'analyst', scope: everywhere },
};

describe('somebody who comes back', () => {
  it('has neither tokens nor the old password, and waits to be identified', () => {
    given(created, password, token, disabled).when({ type: 'EnableUser' }).then(enabled);
    const user = [created, password, token, disabled, enabled].reduce(evolve, nobody);
    if (user.status === 'absent') throw new Error('there is an account');
    expect(user).toMatchObject({ status: 'pending', formerPasswords: ['pw-1'] });
    expect(user).not.toHaveProperty('password');
    expect(user.tokens.size).toBe(0);
    expect(rightsAt(user, now).roles).toEqual([]);
  });
  it('is somebody who was not deleted', () => {
    given(created, disabled, gone).when({ type: 'EnableUser' }).thenRefused({ kind: 'not-found' });
    given(created).when({ type: 'EnableUser' }).thenNothing();
  });
});

describe('somebody whom the directory deletes', () => {
  it('is disabled in the same append, once', () => {
    given(created).when({ type: 'Deprovision' }).then(disabled, gone);
    given(created, disabled).when({ type: 'Deprovision' }).then(gone);
    given(created, disabled, gone).when({ type: 'Deprovision' }).thenNothing();
  });
});

describe('roles by groups', () => {
  const wanted = { type: 'ProvisionGrants' as const, grants: [{ grantId: 'grp-1-analyst', role: 'analyst' as const }] };

  it('are granted and revoked until they are as the groups say', () => {
    given(created).when(wanted).then(byGroup);
    given(created, byGroup).when(wanted).thenNothing();
    given(created, byGroup)
      .when({ ...wanted, grants: [{ grantId: 'grp-2-reviewer', role: 'reviewer' }] })
      .then(
        { ...byGroup, type: 'RoleGrantRevoked' },
        { type: 'RoleGranted', data: { userId, grantId: 'grp-2-reviewer', role: 'reviewer', scope: everywhere } },
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
