import { describe, it } from '@jest/globals';
import { Sealed, UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { NOT_RELEASED, userDecider } from '../user/decide.js';
import { UserCreated, UserEvent } from '../user/events.js';
import { AdministratorReleased, administratorsDecider } from './decide.js';

const { given } = specFor(administratorsDecider);
const user = specFor(userDecider);
const [ada, bob, cyd] = ['u-ada' as UserId, 'u-bob' as UserId, 'u-cyd' as UserId];
const released = (userId: UserId, tenure: number, staying: UserId): AdministratorReleased => ({
  type: 'AdministratorReleased',
  data: { userId, tenure, staying },
});
const release = (userId: UserId, ...others: readonly UserId[]) => ({
  type: 'Release' as const,
  userId,
  tenure: 1,
  others: others.map((id) => ({ userId: id, tenure: 1 })),
});

describe('releasing an administrator', () => {
  it('names one who stays', () => {
    given()
      .when(release(ada, bob))
      .then(released(ada, 1, bob));
  });
  it('is denied for the last one', () => {
    given().when(release(ada)).thenRefused({ kind: 'denied', code: 'last-administrator' });
    given().when(release(ada, ada)).thenRefused({ code: 'last-administrator' });
  });
  it('counts nobody who was released, although they were still there when they were looked up', () => {
    given(released(bob, 1, ada))
      .when(release(ada, bob))
      .thenRefused({ code: 'last-administrator' });
    given(released(bob, 1, ada))
      .when(release(ada, bob, cyd))
      .then(released(ada, 1, cyd));
  });
  it('counts somebody who became administrator again', () => {
    const again = { ...release(ada), others: [{ userId: bob, tenure: 2 }] };
    given(released(bob, 1, ada))
      .when(again)
      .then(released(ada, 1, bob));
  });
  it('is done once', () => {
    given(released(ada, 1, bob))
      .when(release(ada))
      .thenNothing();
    given(released(ada, 1, bob))
      .when({ ...release(ada), tenure: 2 })
      .thenRefused({ code: 'last-administrator' });
  });
});

describe('an account', () => {
  const sealed: Sealed = { subject: ada, box: 'v1.x.y' };
  const created = (more: Partial<UserCreated['data']> = {}): UserCreated => ({
    type: 'UserCreated',
    data: { userId: ada, kind: 'person', login: sealed, displayName: sealed, roles: ['admin'], ...more },
  });
  const roles = (from: readonly 'admin'[], to: readonly 'admin'[]): UserEvent => ({
    type: 'RolesChanged',
    data: { userId: ada, from, to },
  });
  const disable = { type: 'DisableUser' as const, by: bob };
  const disabled: UserEvent = { type: 'UserDisabled', data: { userId: ada } };

  it('of an administrator is neither disabled nor loses the role before it was released', () => {
    user.given(created()).when(disable).thenRefused({ kind: 'conflict', code: NOT_RELEASED });
    user
      .given(created())
      .when({ type: 'ChangeRoles', roles: ['viewer'], by: bob })
      .thenRefused({ code: NOT_RELEASED });
    user
      .given(created())
      .when({ ...disable, released: 1 })
      .then(disabled);
  });
  it('that became administrator again needs another release', () => {
    user
      .given(created(), roles(['admin'], []), roles([], ['admin']))
      .when({ ...disable, released: 1 })
      .thenRefused({ code: NOT_RELEASED });
  });
  it.each([
    ['without the role', created({ roles: ['viewer'] })],
    ['of a service', created({ kind: 'service' })],
    ['whose person was not identified', created({ awaitsVerification: true })],
  ])('%s needs none', (_, event) => {
    user.given(event).when(disable).then(disabled);
  });
});
