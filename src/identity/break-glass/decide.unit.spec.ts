import { describe, it } from '@jest/globals';
import { Micros, Role, Sealed, UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { AccountKind } from '../directory/directory.js';
import { userDecider } from '../user/decide.js';
import { UserEvent } from '../user/events.js';
import { reviewDecider } from './decide-review.js';
import { ReviewEvent } from './events.js';

const userId = 'u-1' as UserId;
const admin = 'u-2' as UserId;
const now = 1_000_000_000_000 as Micros;
const later = (now + 60_000_000) as Micros;
const sealed: Sealed = { subject: userId, box: 'v1.a.b' };

const created = (roles: readonly Role[] = ['analyst'], kind: AccountKind = 'person'): UserEvent => ({
  type: 'UserCreated',
  data: { userId, kind, login: sealed, displayName: sealed, roles },
});
const disabled: UserEvent = { type: 'UserDisabled', data: { userId } };
const allowed: UserEvent = { type: 'BreakGlassAllowed', data: { userId } };
const withdrawn: UserEvent = { type: 'BreakGlassWithdrawn', data: { userId } };
const used = (reviewId = 'bg-1', expiresAt = later): UserEvent => ({
  type: 'BreakGlassUsed',
  data: { userId, reviewId, role: 'admin', expiresAt },
});
const set = (to: boolean, by = admin) => ({ type: 'SetBreakGlass', allowed: to, by, now }) as const;
const use = (at = now) =>
  ({ type: 'UseBreakGlass', reviewId: 'bg-1', role: 'admin', expiresAt: later, now: at }) as const;

describe('breaking the glass', () => {
  const { given } = specFor(userDecider);

  it('is allowed and withdrawn by an administrator, once each', () => {
    given(created()).when(set(true)).then(allowed);
    given(created(), allowed).when(set(true)).thenNothing();
    given(created(), allowed).when(set(false)).then(withdrawn);
    given(created()).when(set(false)).thenNothing();
  });
  it('is allowed to nobody by themselves, to no service and to no disabled account', () => {
    given(created()).when(set(true, userId)).thenRefused({ code: 'own-account' });
    given(created([], 'service')).when(set(true)).thenRefused({ code: 'service-account' });
    given(created(), disabled).when(set(true)).thenRefused({ code: 'user-disabled' });
  });
  it('gives the role for a while to whom it was allowed', () => {
    given(created(), allowed).when(use()).then(used());
    given(created(), allowed, used()).when(use()).thenNothing();
  });
  it('is refused to others', () => {
    given(created()).when(use()).thenRefused({ kind: 'denied', code: 'break-glass-not-allowed' });
    given(created(), allowed, withdrawn).when(use()).thenRefused({ code: 'break-glass-not-allowed' });
    given(created(), allowed, disabled).when(use()).thenRefused({ code: 'user-disabled' });
  });
  it('is for a role that one has not', () => {
    given(created(['admin']), allowed)
      .when(use())
      .thenRefused({ code: 'role-held', field: 'role' });
    given(created(), allowed, used('bg-0')).when(use()).thenRefused({ code: 'role-held' });
    given(created(), allowed, used('bg-0', now)).when(use()).then(used());
  });
  it('is over when the permission for it is withdrawn', () => {
    given(created(), allowed, used('bg-0', now), used())
      .when(set(false))
      .then(withdrawn, {
        type: 'RoleGrantRevoked',
        data: { userId, grantId: 'bg-1', role: 'admin', scope: { kind: 'everything' } },
      });
  });
});

describe('the review of a broken glass', () => {
  const { given } = specFor(reviewDecider);
  const opened: ReviewEvent = {
    type: 'BreakGlassReviewOpened',
    data: { reviewId: 'bg-1', userId, role: 'admin', expiresAt: later },
  };
  const reviewed: ReviewEvent = {
    type: 'BreakGlassReviewed',
    data: { reviewId: 'bg-1', userId, decision: 'justified', approvalId: 'ap-1' },
  };
  const open = { type: 'OpenReview', reviewId: 'bg-1', userId, role: 'admin', expiresAt: later } as const;
  const signOff = (by: UserId, approvalId = 'ap-1') =>
    ({ type: 'SignOff', reviewId: 'bg-1', decision: 'justified', by, approvalId }) as const;

  it('is opened once', () => {
    given().when(open).then(opened);
    given(opened).when(open).thenNothing();
  });
  it('is signed off once, by somebody else', () => {
    given(opened).when(signOff(admin)).then(reviewed);
    given(opened, reviewed).when(signOff(admin)).thenNothing();
    given(opened, reviewed).when(signOff(admin, 'ap-2')).thenRefused({ kind: 'state', code: 'already-reviewed' });
    const unsigned: ReviewEvent = {
      type: 'BreakGlassReviewed',
      data: { reviewId: 'bg-1', userId, decision: 'justified' },
    };
    given(opened, unsigned).when(signOff(admin)).thenRefused({ kind: 'state', code: 'already-reviewed' });
    given(opened).when(signOff(userId)).thenRefused({ kind: 'denied', code: 'own-break-glass' });
    given().when(signOff(admin)).thenRefused({ kind: 'not-found', code: 'review-not-found' });
  });
});
