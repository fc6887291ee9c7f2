import { describe, expect, it } from '@jest/globals';
import { Micros, Sealed, UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { userDecider } from '../user/decide.js';
import { evolve, nobody, UserCreated, UserEvent } from '../user/events.js';
import { rightsAt } from '../user/rights.js';

const { given } = specFor(userDecider);
const userId = 'u-1' as UserId;
const admin = 'u-admin' as UserId;
const now = 1_000_000 as Micros;
const sealed: Sealed = { subject: userId, box: 'v1.x.y' };
const created = (more: Partial<UserCreated['data']> = {}): UserCreated => ({
  type: 'UserCreated',
  data: {
    userId,
    kind: 'person',
    login: sealed,
    displayName: sealed,
    roles: ['admin'],
    awaitsVerification: true,
    ...more,
  },
});
const verified: UserEvent = { type: 'IdentityVerified', data: { userId, how: sealed, by: admin } };
const disabled: UserEvent = { type: 'UserDisabled', data: { userId } };
const verify = { type: 'VerifyIdentity' as const, how: sealed, by: admin };

/** What the account may be after these events. */
const rolesAfter = (...events: readonly UserEvent[]) => {
  const user = events.reduce(evolve, nobody);
  return user.status === 'absent' ? [] : rightsAt(user, now).roles;
};

describe('an account of a person', () => {
  it('may be nothing until the identity is verified, whatever its roles', () => {
    expect(rolesAfter(created())).toEqual([]);
    expect(rolesAfter(created(), verified)).toEqual(['admin']);
  });
  it('from before that was recorded goes on', () => {
    expect(rolesAfter(created({ awaitsVerification: undefined }))).toEqual(['admin']);
  });
  it('is issued no token before', () => {
    const issue = { type: 'IssueToken' as const, tokenId: 't-1', label: sealed, now, by: userId };
    given(created()).when(issue).thenRefused({ kind: 'state', code: 'account-pending' });
    given(created(), verified)
      .when(issue)
      .then({ type: 'TokenIssued', data: { userId, tokenId: 't-1', label: sealed } });
  });
  it('stays disabled when it was disabled while it waited', () => {
    given(created(), disabled).when(verify).thenRefused({ kind: 'state', code: 'user-disabled' });
    expect(rolesAfter(created(), disabled, verified)).toEqual([]);
  });
});

describe('verifying an identity', () => {
  it('is recorded with who did it, and may be recorded again', () => {
    given(created()).when(verify).then(verified);
    given(created(), verified).when(verify).then(verified);
  });
  it('is never done by the person concerned', () => {
    given(created())
      .when({ ...verify, by: userId })
      .thenRefused({ kind: 'denied', code: 'own-identity' });
  });
  it('is for people', () => {
    given(created({ kind: 'service', awaitsVerification: undefined }))
      .when(verify)
      .thenRefused({ kind: 'state', code: 'service-account' });
    given().when(verify).thenRefused({ kind: 'not-found' });
  });
});
