import { describe, it } from '@jest/globals';
import { Micros, Sealed, UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { userDecider } from '../user/decide.js';
import { UserEvent } from '../user/events.js';
import { MAX_SESSIONS } from './decide.js';
import { SessionEnd } from './events.js';

const { given } = specFor(userDecider);
const userId = 'u-1' as UserId;
const admin = 'u-2' as UserId;
const now = 1_000_000_000_000 as Micros;
const later = (minutes: number) => (now + minutes * 60_000_000) as Micros;
const sealed: Sealed = { subject: userId, box: 'v1.a.b' };

const created: UserEvent = {
  type: 'UserCreated',
  data: { userId, kind: 'person', login: sealed, displayName: sealed, roles: [] },
};
const password = (version: number): UserEvent => ({
  type: 'PasswordSet',
  data: { userId, version, verifierId: `pw-${version}`, setAt: now },
});
const disabled: UserEvent = { type: 'UserDisabled', data: { userId } };
const started = (sessionId: string, startedAt = now, expiresAt = later(60)): UserEvent => ({
  type: 'SessionStarted',
  data: { userId, sessionId, how: 'password', startedAt, expiresAt },
});
const ended = (sessionId: string, why: SessionEnd): UserEvent => ({
  type: 'SessionEnded',
  data: { userId, sessionId, why },
});
const start = (sessionId: string, at = now, more: object = {}) => ({
  type: 'StartSession' as const,
  sessionId,
  how: 'password' as const,
  now: at,
  expiresAt: (at + 3_600_000_000) as Micros,
  lapsed: [],
  ...more,
});

describe('starting a session', () => {
  it('is written down with its end', () => {
    given(created).when(start('s-1')).then(started('s-1'));
  });
  it('is once, however often the same command comes', () => {
    given(created, started('s-1')).when(start('s-1')).thenNothing();
  });
  it('ends those that are too old or were not used for too long', () => {
    given(created, started('s-old', now, later(5)), started('s-idle'), started('s-busy'))
      .when(start('s-1', later(10), { lapsed: ['s-idle'] }))
      .then(ended('s-old', 'expired'), ended('s-idle', 'expired'), started('s-1', later(10), later(70)));
  });
  it('makes room by ending the oldest', () => {
    const many = Array.from({ length: MAX_SESSIONS }, (_, n) => started(`s-${n}`, (now + n) as Micros));
    given(created, ...many)
      .when(start('s-new', later(1)))
      .then(ended('s-0', 'displaced'), started('s-new', later(1), later(61)));
  });
  it('is refused once the password that was checked is another', () => {
    given(created, password(1), password(2))
      .when(start('s-1', now, { verifierId: 'pw-1' }))
      .thenRefused({ kind: 'conflict', code: 'password-changed-meanwhile' });
    given(created, password(1))
      .when(start('s-1', now, { verifierId: 'pw-1' }))
      .then(started('s-1'));
  });
  it('is refused to a disabled account, and to nobody', () => {
    given(created, disabled).when(start('s-1')).thenRefused({ code: 'user-disabled' });
    given().when(start('s-1')).thenRefused({ code: 'user-not-found' });
  });
});

describe('a session ends', () => {
  it('once', () => {
    const command = { type: 'EndSession', sessionId: 's-1', why: 'signed-out' } as const;
    given(created, started('s-1')).when(command).then(ended('s-1', 'signed-out'));
    given(created, started('s-1'), ended('s-1', 'revoked')).when(command).thenNothing();
  });
  it('with its account, in the same decision', () => {
    given(created, started('s-1'), started('s-2'))
      .when({ type: 'DisableUser', by: admin })
      .then(disabled, ended('s-1', 'user-disabled'), ended('s-2', 'user-disabled'));
  });
  it('when the password is changed', () => {
    given(created, password(1), started('s-1'))
      .when({ type: 'ChangePassword', verifierId: 'pw-2', replaces: 'pw-1', now })
      .then(
        { type: 'PasswordSet', data: { userId, version: 2, verifierId: 'pw-2', replaces: 'pw-1', setAt: now } },
        ended('s-1', 'password-changed'),
      );
  });
  it('when the password is reset', () => {
    given(created, password(1), started('s-1'))
      .when({ type: 'ResetPassword', verifierId: 'pw-2', by: admin, now })
      .then(
        { type: 'PasswordSet', data: { userId, version: 2, verifierId: 'pw-2', replaces: 'pw-1', setAt: now } },
        { type: 'PasswordChangeRequired', data: { userId, why: 'one-time-password', by: admin } },
        ended('s-1', 'password-changed'),
      );
  });
  it('not when the account’s roles change', () => {
    given(created, started('s-1'))
      .when({ type: 'ChangeRoles', roles: ['viewer'], by: admin })
      .then({ type: 'RolesChanged', data: { userId, from: [], to: ['viewer'] } });
  });
});
