import { describe, it } from '@jest/globals';
import { Micros, Sealed, UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { userDecider } from '../user/decide.js';
import { UserEvent } from '../user/events.js';
import { FailSigning, MakeSignature } from './decide.js';
import { SigningFailure } from './events.js';

const { given } = specFor(userDecider);
const userId = 'u-1' as UserId;
const now = 1_000_000_000_000 as Micros;
const MINUTE = 60_000_000;
const later = (minutes: number) => (now + minutes * MINUTE) as Micros;
const sealed: Sealed = { subject: userId, box: 'v1.a.b' };
const matter = { meaning: 'approved' as const, subject: { kind: 'approval', id: 'ap-1' }, digest: 'd1'.repeat(32) };

const created: UserEvent = {
  type: 'UserCreated',
  data: { userId, kind: 'person', login: sealed, displayName: sealed, roles: [] },
};
const waiting: UserEvent = { type: 'UserCreated', data: { ...created.data, awaitsVerification: true } as never };
const service: UserEvent = { type: 'UserCreated', data: { ...created.data, kind: 'service' } as never };
const password = (version: number): UserEvent => ({
  type: 'PasswordSet',
  data: { userId, version, verifierId: `pw-${version}`, setAt: now },
});
const oneTime: UserEvent = { type: 'PasswordChangeRequired', data: { userId, why: 'one-time-password' } };
const accepted: UserEvent = {
  type: 'SignatureAccepted',
  data: { userId, version: 1, digest: 'aa', acceptedAt: now, components: ['password'] },
};
const enrolled = (factorId: string): UserEvent => ({
  type: 'SecondFactorEnrolled',
  data: { userId, factorId, recoveryCodes: 10 },
});
const disabled: UserEvent = { type: 'UserDisabled', data: { userId } };
const locked = (failures: number, at = now, level = 1): UserEvent => ({
  type: 'SignInLocked',
  data: { userId, failures, until: (at + MINUTE * 2 ** (level - 1)) as Micros, level },
});
const failed = (why: SigningFailure, failures?: number, failedAt = now): UserEvent => ({
  type: 'SigningFailed',
  data: { userId, why, failedAt, ...(failures === undefined ? {} : { failures }) },
});
const sign = (more: Partial<MakeSignature> = {}): MakeSignature => ({
  type: 'MakeSignature',
  ...matter,
  signatureId: 'sg-1',
  statementDigest: 'cc',
  shown: { components: ['password'], verifierId: 'pw-1' },
  acceptance: 1,
  now,
  ...more,
});
const made: UserEvent = {
  type: 'SignatureMade',
  data: { userId, ...matter, signatureId: 'sg-1', statementDigest: 'cc', signedAt: now, components: ['password'] },
};
const fail = (why: SigningFailure, at = now, more: Partial<FailSigning> = {}): FailSigning => ({
  type: 'FailSigning',
  why,
  now: at,
  ...more,
});
const changed = { kind: 'conflict', code: 'signing-changed' } as const;

describe('a signature', () => {
  it('is made by an active person who has accepted that it binds', () => {
    given(created, password(1), accepted).when(sign()).then(made);
  });
  it('is not made before that, or when another text is to be accepted', () => {
    given(created, password(1)).when(sign()).thenRefused(changed);
    given(created, password(1), accepted)
      .when(sign({ acceptance: 2 }))
      .thenRefused(changed);
  });
  it.each([
    ['the password was changed', [created, password(1), accepted, password(2)]],
    ['the password was reset', [created, password(1), accepted, oneTime]],
    ['a second factor was enrolled', [created, password(1), accepted, enrolled('f-1')]],
    ['the account was disabled', [created, password(1), accepted, disabled]],
    ['the account was locked', [created, password(1), accepted, locked(5)]],
    ['the account waits', [waiting, password(1), accepted]],
    ['the account is a service’s', [service, password(1), accepted]],
  ] as const)('is not made when, since it was checked, %s', (_, events) => {
    given(...events)
      .when(sign())
      .thenRefused(changed);
  });
  it('is not made with a second factor that was replaced meanwhile', () => {
    const shown = { components: ['password', 'code'] as const, verifierId: 'pw-1', factorId: 'f-1' };
    given(created, password(1), accepted, enrolled('f-2')).when(sign({ shown })).thenRefused(changed);
    given(created, password(1), accepted, enrolled('f-1'))
      .when(sign({ shown }))
      .then({ ...made, data: { ...made.data, components: shown.components } as never });
  });
  it('needs no password of its own from whom the provider vouches for', () => {
    const shown = { components: ['oidc'] as const };
    given(created, password(1), oneTime, accepted)
      .when(sign({ shown }))
      .then({ ...made, data: { ...made.data, components: ['oidc'] } as never });
  });
});

describe('a failed signing', () => {
  const four = [1, 2, 3, 4].map((count) => failed('wrong-password', count));
  it('is counted, and the fifth in a row locks in the same append', () => {
    given(created).when(fail('wrong-password')).then(failed('wrong-password', 1));
    given(created, ...four)
      .when(fail('wrong-code'))
      .then(failed('wrong-code', 5), locked(5));
  });
  it('locks for longer each time within a day', () => {
    given(created, ...four, failed('wrong-code', 5), locked(5), ...four)
      .when(fail('wrong-password', later(2)))
      .then(failed('wrong-password', 5, later(2)), locked(5, later(2), 2));
  });
  it('begins anew after a lock, a signature, or an hour', () => {
    given(created, ...four, failed('wrong-code', 5), locked(5))
      .when(fail('wrong-password', later(2)))
      .then(failed('wrong-password', 1, later(2)));
    given(created, ...four, made)
      .when(fail('wrong-password'))
      .then(failed('wrong-password', 1));
    given(created, ...four)
      .when(fail('wrong-password', later(61)))
      .then(failed('wrong-password', 1, later(61)));
  });
  it('of something that is merely missing is written down and not counted', () => {
    for (const why of ['components-missing', 'not-accepted', 'locked', 'expired-ticket'] as const)
      given(created, ...four)
        .when(fail(why))
        .then(failed(why));
  });
  it('locks together with wrong codes at sign-in', () => {
    given(created)
      .when(fail('wrong-code', now, { guesses: 5 }))
      .then(failed('wrong-code', 1), locked(5));
  });
  it('says what was to be signed', () => {
    given(created)
      .when(fail('wrong-password', now, matter))
      .then({ type: 'SigningFailed', data: { userId, why: 'wrong-password', ...matter, failedAt: now, failures: 1 } });
  });
});
