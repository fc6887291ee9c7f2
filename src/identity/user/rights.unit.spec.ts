import { describe, expect, it } from '@jest/globals';
import { Micros, NamePattern, Scope, UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { userDecider } from './decide.js';
import { RoleGranted, UserCreated, UserEvent } from './events.js';
import { rightsAt } from './rights.js';

const { given } = specFor(userDecider);
const userId = 'u-1' as UserId;
const sealed = { subject: userId, box: 'v1.x.y' };
const created: UserCreated = {
  type: 'UserCreated',
  data: { userId, kind: 'person', login: sealed, displayName: sealed, roles: ['viewer'] },
};
const disabled: UserEvent = { type: 'UserDisabled', data: { userId } };
const NOW = 1_000_000 as Micros;
const LATER = 2_000_000 as Micros;
const lims: Scope = { kind: 'experiments', pattern: 'LIMS*' as NamePattern };
const everywhere: Scope = { kind: 'everything' };
type Grant = Omit<RoleGranted['data'], 'userId'>;
const grant = (more: Partial<Grant> = {}) => ({
  type: 'GrantRole' as const,
  grantId: 'g-1',
  role: 'analyst' as const,
  scope: lims,
  now: NOW,
  by: 'u-root' as UserId,
  ...more,
});
const granted = (more: Partial<Grant> = {}): RoleGranted => ({
  type: 'RoleGranted',
  data: { userId, grantId: 'g-1', role: 'analyst', scope: lims, ...more },
});

describe('granting a role', () => {
  it('records for what, and until when', () => {
    given(created).when(grant()).then(granted());
    given(created)
      .when(grant({ scope: everywhere, expiresAt: LATER }))
      .then(granted({ scope: everywhere, expiresAt: LATER }));
  });
  it('is refused for ever and everywhere at once: that is what roles are', () =>
    given(created)
      .when(grant({ scope: everywhere }))
      .thenRefused({ code: 'grant-unlimited', field: 'expires_at' }));
  it.each(['admin', 'auditor', 'privacy-officer'] as const)(
    'is refused by name for %s, who is for everything',
    (role) => given(created).when(grant({ role })).thenRefused({ code: 'role-not-scoped', field: 'role' }),
  );
  it('is refused to oneself, and so is taking one back', () => {
    given(created)
      .when({ ...grant(), by: userId })
      .thenRefused({ kind: 'denied', code: 'own-rights' });
    given(created, granted())
      .when({ type: 'RevokeGrant', by: userId, grantId: 'g-1' })
      .thenRefused({ kind: 'denied', code: 'own-rights' });
  });
  it('is refused when it would be over already', () =>
    given(created)
      .when(grant({ expiresAt: NOW }))
      .thenRefused({ code: 'expired', field: 'expires_at' }));
  it('is refused to who has left, and to who was never there', () => {
    given(created, disabled).when(grant()).thenRefused({ code: 'user-disabled' });
    given().when(grant()).thenRefused({ code: 'user-not-found' });
  });
  it('ends at 500 that hold', () => {
    const many = Array.from({ length: 500 }, (_, index) => granted({ grantId: `g-${index}` }));
    given(created, ...many)
      .when(grant({ grantId: 'g-500' }))
      .thenRefused({ code: 'too-many-grants' });
  });
});

describe('taking a grant back', () => {
  const revoke = { type: 'RevokeGrant' as const, by: 'u-root' as UserId, grantId: 'g-1' };
  it('records what was taken', () =>
    given(created, granted())
      .when(revoke)
      .then({ type: 'RoleGrantRevoked', data: { userId, grantId: 'g-1', role: 'analyst', scope: lims } }));
  it('is refused when there is none', () => given(created).when(revoke).thenRefused({ code: 'grant-not-found' }));
});

describe('what an account may be', () => {
  const at = (now: Micros, ...events: readonly UserEvent[]) => {
    const user = [created, ...events].reduce(userDecider.evolve, userDecider.initial);
    if (user.status === 'absent') throw new Error('created');
    return rightsAt(user, now);
  };
  it('is its roles and its grants, until the first of them ends', () => {
    const reviewer = granted({ grantId: 'g-2', role: 'reviewer', scope: everywhere, expiresAt: LATER });
    expect(at(NOW, granted(), reviewer)).toEqual({
      roles: ['viewer', 'reviewer'],
      scoped: [{ role: 'analyst', scope: lims }],
      until: LATER,
    });
    expect(at(LATER, granted(), reviewer)).toEqual({
      roles: ['viewer'],
      scoped: [{ role: 'analyst', scope: lims }],
      until: undefined,
    });
  });
});
