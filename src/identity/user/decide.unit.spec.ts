import { describe, it } from '@jest/globals';
import { Micros, Role, Sealed, UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { userDecider } from './decide.js';
import { UserCreated, UserEvent } from './events.js';

const { given } = specFor(userDecider);
const userId = 'u-1' as UserId;
const admin = 'u-admin' as UserId;
const now = 1_000_000 as Micros;
const sealed = (box: string): Sealed => ({ subject: userId, box });
const profile = { userId, login: sealed('login'), displayName: sealed('name') };

const created = (more: Partial<UserCreated['data']> = {}): UserCreated => ({
  type: 'UserCreated',
  data: { ...profile, kind: 'person', roles: ['analyst'], ...more },
});
const passwordSet = (version: number, verifierId: string, replaces?: string): UserEvent => ({
  type: 'PasswordSet',
  data: { userId, version, verifierId, replaces, setAt: now },
});
const mustChange: UserEvent = { type: 'PasswordChangeRequired', data: { userId, why: 'one-time-password' } };
const disabled: UserEvent = { type: 'UserDisabled', data: { userId } };
const issued = (tokenId: string, expiresAt?: Micros): UserEvent => ({
  type: 'TokenIssued',
  data: { userId, tokenId, label: sealed('laptop'), expiresAt },
});
const issue = { type: 'IssueToken' as const, tokenId: 't-9', label: sealed('laptop'), now };

describe('creating an account', () => {
  it('gives a person a password that must be changed, in the same append', () => {
    given()
      .when({ type: 'CreateUser', ...profile, now, kind: 'person', roles: ['analyst'], verifierId: 'pw-1' })
      .then(created({ awaitsVerification: true }), passwordSet(1, 'pw-1'), mustChange);
  });
  it('activates it in the same append when the identity was verified before', () => {
    const verified = { how: sealed('passport'), by: admin };
    given()
      .when({ type: 'CreateUser', ...profile, now, kind: 'person', roles: ['analyst'], verified })
      .then(created({ awaitsVerification: true }), { type: 'IdentityVerified', data: { userId, ...verified } });
  });
  it('gives a service account no password', () => {
    given()
      .when({ type: 'CreateUser', ...profile, now, kind: 'service', roles: ['analyst'] })
      .then(created({ kind: 'service' }));
  });
  it('keeps each role once, in one order', () => {
    given()
      .when({ type: 'CreateUser', ...profile, now, kind: 'service', roles: ['reviewer', 'viewer', 'reviewer'] })
      .then(created({ kind: 'service', roles: ['viewer', 'reviewer'] }));
  });
  it('never happens twice under one id, not even after the account was disabled', () => {
    given(created(), disabled)
      .when({ type: 'CreateUser', ...profile, now, kind: 'person', roles: [] })
      .thenRefused({ kind: 'already-exists', code: 'user-exists' });
  });
});

describe('changing roles', () => {
  it('records the old and the new ones', () => {
    given(created())
      .when({ type: 'ChangeRoles', roles: ['reviewer', 'analyst'], by: admin })
      .then({ type: 'RolesChanged', data: { userId, from: ['analyst'], to: ['analyst', 'reviewer'] } });
  });
  it('is nothing when they are the same already', () => {
    given(created())
      .when({ type: 'ChangeRoles', roles: ['analyst', 'analyst'], by: admin })
      .thenNothing();
  });
  it('can take all of them away', () => {
    given(created())
      .when({ type: 'ChangeRoles', roles: [], by: admin })
      .then({ type: 'RolesChanged', data: { userId, from: ['analyst'], to: [] } });
  });
  it.each([[['analyst']], [['admin', 'analyst', 'reviewer']], [[]]] as const)(
    'is refused to oneself: %j',
    (roles: readonly Role[]) =>
      given(created({ roles: ['admin'] }))
        .when({ type: 'ChangeRoles', roles, by: userId })
        .thenRefused({ kind: 'denied', code: 'own-rights' }),
  );
  it('is refused for a disabled account', () => {
    given(created(), disabled)
      .when({ type: 'ChangeRoles', roles: [], by: admin })
      .thenRefused({ code: 'user-disabled' });
  });
  it('is refused for an account that is not there', () => {
    given()
      .when({ type: 'ChangeRoles', roles: [], by: admin })
      .thenRefused({ kind: 'not-found', code: 'user-not-found' });
  });
});

describe('disabling an account', () => {
  it('is recorded once', () => {
    given(created()).when({ type: 'DisableUser', by: admin }).then(disabled);
    given(created(), disabled).when({ type: 'DisableUser', by: admin }).thenNothing();
  });
  it('is not done to oneself', () => {
    given(created()).when({ type: 'DisableUser', by: userId }).thenRefused({ code: 'own-account' });
  });
});

describe('passwords', () => {
  const person = [created(), passwordSet(1, 'pw-1'), mustChange];
  it('are changed from the one that was checked to the next version', () => {
    given(...person)
      .when({ type: 'ChangePassword', now, verifierId: 'pw-2', replaces: 'pw-1' })
      .then(passwordSet(2, 'pw-2', 'pw-1'));
  });
  it('are not changed when another change came in between', () => {
    given(...person, passwordSet(2, 'pw-2', 'pw-1'))
      .when({ type: 'ChangePassword', now, verifierId: 'pw-3', replaces: 'pw-1' })
      .thenRefused({ kind: 'conflict', code: 'password-changed-meanwhile' });
  });
  it('are reset by somebody else to one that must be changed', () => {
    given(...person, passwordSet(2, 'pw-2', 'pw-1'))
      .when({ type: 'ResetPassword', now, verifierId: 'pw-3', by: admin })
      .then(passwordSet(3, 'pw-3', 'pw-2'), {
        type: 'PasswordChangeRequired',
        data: { userId, why: 'one-time-password', by: admin },
      });
  });
  it('are not reset by oneself', () => {
    given(...person)
      .when({ type: 'ResetPassword', now, verifierId: 'pw-3', by: userId })
      .thenRefused({ code: 'own-account' });
  });
  it('are nothing for service accounts', () => {
    given(created({ kind: 'service' }))
      .when({ type: 'ResetPassword', now, verifierId: 'pw-3', by: admin })
      .thenRefused({ code: 'service-account' });
  });
  it('stay as they are once the account is disabled', () => {
    given(...person, disabled)
      .when({ type: 'ChangePassword', now, verifierId: 'pw-2', replaces: 'pw-1' })
      .thenRefused({ code: 'user-disabled' });
    given(...person, disabled)
      .when({ type: 'ResetPassword', now, verifierId: 'pw-2', by: admin })
      .thenRefused({ code: 'user-disabled' });
  });
});

describe('tokens', () => {
  it('are issued for oneself', () => {
    given(created())
      .when({ ...issue, by: userId, expiresAt: (now + 1) as Micros })
      .then(issued('t-9', (now + 1) as Micros));
  });
  it('are issued for a service account by somebody else, but never for another person', () => {
    given(created({ kind: 'service' }))
      .when({ ...issue, by: admin })
      .then(issued('t-9'));
    given(created())
      .when({ ...issue, by: admin })
      .thenRefused({ kind: 'denied', code: 'token-for-another-person' });
  });
  it('do not begin expired', () => {
    given(created())
      .when({ ...issue, by: userId, expiresAt: now })
      .thenRefused({ kind: 'invalid', code: 'expired', field: 'expires_at' });
  });
  it('are at most 200 that still work', () => {
    const many = Array.from({ length: 200 }, (_, n) => issued(`t-${n}-live`));
    given(created(), ...many)
      .when({ ...issue, by: userId })
      .thenRefused({ code: 'too-many-tokens' });
    given(created(), ...many.slice(1), issued('t-old', now))
      .when({ ...issue, by: userId })
      .then(issued('t-9'));
  });
  it('are not issued for a disabled account', () => {
    given(created(), disabled)
      .when({ ...issue, by: userId })
      .thenRefused({ code: 'user-disabled' });
  });
  it('are revoked once, also after the account was disabled', () => {
    const revoked: UserEvent = { type: 'TokenRevoked', data: { userId, tokenId: 't-1' } };
    given(created(), issued('t-1'), disabled).when({ type: 'RevokeToken', tokenId: 't-1' }).then(revoked);
    given(created(), issued('t-1'), revoked).when({ type: 'RevokeToken', tokenId: 't-1' }).thenNothing();
  });
});

describe('locking after wrong passwords', () => {
  const MINUTE = 60_000_000;
  const lock = (at: Micros) => ({ type: 'LockSignIn' as const, failures: 5, now: at });
  const locked = (until: number, level: number): UserEvent => ({
    type: 'SignInLocked',
    data: { userId, failures: 5, until: until as Micros, level },
  });

  it('lasts a minute at first', () => {
    given(created())
      .when(lock(now))
      .then(locked(now + MINUTE, 1));
  });
  it('lasts twice as long as the one before, within a day of it', () => {
    given(created(), locked(now, 3))
      .when(lock(now))
      .then(locked(now + 8 * MINUTE, 4));
  });
  it('lasts an hour at most', () => {
    given(created(), locked(now, 40))
      .when(lock(now))
      .then(locked(now + 60 * MINUTE, 41));
  });
  it('begins with a minute again after a quiet day', () => {
    const later = (now + 24 * 60 * MINUTE) as Micros;
    given(created(), locked(now, 5))
      .when(lock(later))
      .then(locked(later + MINUTE, 1));
  });
  it('is nothing while one lasts, or for a disabled account', () => {
    given(created(), locked(now + 1, 1))
      .when(lock(now))
      .then();
    given(created(), disabled).when(lock(now)).then();
  });
  it('is ended by an administrator, and the next one is the first again', () => {
    const unlocked: UserEvent = { type: 'SignInUnlocked', data: { userId } };
    given(created(), locked(now + 1, 3))
      .when({ type: 'UnlockSignIn', now })
      .then(unlocked);
    given(created(), locked(now + 1, 3), unlocked)
      .when(lock(now))
      .then(locked(now + MINUTE, 1));
  });
  it('that is over needs no ending', () => {
    given(created(), locked(now, 1)).when({ type: 'UnlockSignIn', now }).then();
  });
});

describe('giving a token another secret', () => {
  const rotate = {
    type: 'RotateToken' as const,
    tokenId: 't-1',
    secretId: 'ts-1',
    replaces: 't-1',
    formerUntil: now,
    now,
  };
  it('records which one counts from now on, and until when the one before goes on', () => {
    given(created(), issued('t-1'))
      .when({ ...rotate, by: userId })
      .then({ type: 'TokenRotated', data: { userId, tokenId: 't-1', secretId: 'ts-1', formerUntil: now } });
  });
  it('is refused to whoever asked for it before it got another one', () => {
    const rotated: UserEvent = {
      type: 'TokenRotated',
      data: { userId, tokenId: 't-1', secretId: 'ts-1', formerUntil: now },
    };
    given(created(), issued('t-1'), rotated)
      .when({ ...rotate, secretId: 'ts-2', by: userId })
      .thenRefused({ kind: 'conflict', code: 'token-rotated-meanwhile' });
  });
  it('is refused for a person’s token to anybody else, for an expired one, and for one that is not there', () => {
    given(created(), issued('t-1'))
      .when({ ...rotate, by: admin })
      .thenRefused({ kind: 'denied', code: 'token-for-another-person' });
    given(created(), issued('t-1', now))
      .when({ ...rotate, by: userId })
      .thenRefused({ code: 'token-expired' });
    given(created())
      .when({ ...rotate, by: userId })
      .thenRefused({ kind: 'not-found', code: 'token-not-found' });
  });
});

describe('the role that makes accounts', () => {
  const apart = { kind: 'invalid', code: 'provisioner-held-alone', field: 'roles' } as const;
  const directory = created({ kind: 'service', roles: ['provisioner'] });
  const grant = { grantId: 'g-1', role: 'reviewer', scope: { kind: 'model', id: 'm' } } as const;
  const granted = (role: Role, expiresAt?: Micros): UserEvent => ({
    type: 'RoleGranted',
    data: { userId, grantId: 'g-1', role, scope: { kind: 'everything' }, expiresAt },
  });
  it('is not held beside another one, however it comes', () => {
    given()
      .when({ type: 'CreateUser', ...profile, now, kind: 'service', roles: ['admin', 'provisioner'] })
      .thenRefused(apart);
    given(directory)
      .when({ type: 'ChangeRoles', roles: ['provisioner', 'viewer'], by: admin })
      .thenRefused(apart);
    given(created())
      .when({ type: 'ChangeRoles', roles: ['analyst', 'provisioner'], by: admin })
      .thenRefused(apart);
    given(directory)
      .when({ type: 'GrantRole', ...grant, now, by: admin })
      .thenRefused(apart);
    given(created())
      .when({
        ...grant,
        type: 'GrantRole',
        role: 'provisioner',
        scope: { kind: 'everything' },
        expiresAt: 9e6 as Micros,
        now,
        by: admin,
      })
      .thenRefused(apart);
  });
  it('is held alone after the others, and the others after it', () => {
    given(created())
      .when({ type: 'ChangeRoles', roles: ['provisioner'], by: admin })
      .then({ type: 'RolesChanged', data: { userId, from: ['analyst'], to: ['provisioner'] } });
    given(created({ roles: [] }), granted('viewer', now))
      .when({
        ...grant,
        type: 'GrantRole',
        role: 'provisioner',
        scope: { kind: 'everything' },
        expiresAt: 9e6 as Micros,
        grantId: 'g-2',
        now,
        by: admin,
      })
      .then({
        type: 'RoleGranted',
        data: { userId, grantId: 'g-2', role: 'provisioner', scope: { kind: 'everything' }, expiresAt: 9e6 as Micros },
      });
  });
  it('does not come with groups or claims that give others too', () => {
    const everywhere = { kind: 'everything' } as const;
    const grants = [
      { grantId: 'grp-1-viewer', role: 'viewer', scope: everywhere },
      { grantId: 'grp-1-provisioner', role: 'provisioner', scope: everywhere },
    ] as const;
    given(created({ roles: [] }))
      .when({ type: 'ProvisionGrants', from: 'groups', grants })
      .then({ type: 'RoleGranted', data: { userId, ...grants[0] } });
    given(created({ roles: ['provisioner'] }))
      .when({ type: 'ProvisionGrants', from: 'groups', grants: [grants[0]] })
      .thenNothing();
  });
  it('that was held beside others before hinders no other change', () => {
    given(created({ roles: ['admin', 'provisioner'], kind: 'service' }))
      .when({ type: 'LockSignIn', failures: 5, now })
      .then({ type: 'SignInLocked', data: { userId, failures: 5, until: (now + 60_000_000) as Micros, level: 1 } });
  });
});
