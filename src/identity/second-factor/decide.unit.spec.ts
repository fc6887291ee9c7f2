import { describe, it } from '@jest/globals';
import { Micros, Sealed, UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { AccountKind } from '../directory/directory.js';
import { userDecider } from '../user/decide.js';
import { UserEvent } from '../user/events.js';

const { given } = specFor(userDecider);
const userId = 'u-1' as UserId;
const admin = 'u-2' as UserId;
const sealed: Sealed = { subject: userId, box: 'v1.a.b' };

const created = (kind: AccountKind = 'person'): UserEvent => ({
  type: 'UserCreated',
  data: { userId, kind, login: sealed, displayName: sealed, roles: [] },
});
const password: UserEvent = {
  type: 'PasswordSet',
  data: { userId, version: 1, verifierId: 'pw-1', setAt: 1 as Micros },
};
const person = [created(), password];
const offered = (factorId = 'f-1'): UserEvent => ({ type: 'SecondFactorOffered', data: { userId, factorId } });
const enrolled = (factorId = 'f-1', recoveryCodes = 10): UserEvent => ({
  type: 'SecondFactorEnrolled',
  data: { userId, factorId, recoveryCodes },
});
const removed = (why: 'removed' | 'reset'): UserEvent => ({
  type: 'SecondFactorRemoved',
  data: { userId, factorId: 'f-1', why, ...(why === 'reset' ? { by: admin } : {}) },
});
const disabled: UserEvent = { type: 'UserDisabled', data: { userId } };
const enrol = (factorId = 'f-1') => ({ type: 'EnrolSecondFactor', factorId, recoveryCodes: 10 }) as const;

describe('enrolling a second factor', () => {
  it('begins with a secret, as often as somebody asks', () => {
    given(...person)
      .when({ type: 'OfferSecondFactor', factorId: 'f-1' })
      .then(offered());
    given(...person, offered())
      .when({ type: 'OfferSecondFactor', factorId: 'f-2' })
      .then(offered('f-2'));
  });
  it('is done once a code of the last secret was right', () => {
    given(...person, offered())
      .when(enrol())
      .then(enrolled());
    given(...person, offered(), offered('f-2'))
      .when(enrol())
      .thenRefused({ kind: 'conflict', code: 'second-factor-offered-anew' });
    given(...person)
      .when(enrol())
      .thenRefused({ code: 'second-factor-offered-anew' });
  });
  it('is not done over one that there is', () => {
    const has = [...person, offered(), enrolled()];
    given(...has)
      .when(enrol())
      .thenRefused({ code: 'second-factor-enrolled' });
    given(...has)
      .when({ type: 'OfferSecondFactor', factorId: 'f-2' })
      .thenRefused({ code: 'second-factor-enrolled' });
  });
  it('is for people with a password only', () => {
    given(created('service'))
      .when({ type: 'OfferSecondFactor', factorId: 'f-1' })
      .thenRefused({ code: 'service-account' });
    given(created()).when({ type: 'OfferSecondFactor', factorId: 'f-1' }).thenRefused({ code: 'no-password' });
    given(...person, disabled)
      .when({ type: 'OfferSecondFactor', factorId: 'f-1' })
      .thenRefused({ code: 'user-disabled' });
  });
});

describe('recovery codes', () => {
  it('are counted down', () => {
    given(...person, offered(), enrolled('f-1', 2))
      .when({ type: 'UseRecoveryCode', factorId: 'f-1' })
      .then({ type: 'RecoveryCodeUsed', data: { userId, factorId: 'f-1', left: 1 } });
  });
  it('are those of the present factor', () => {
    given(...person, offered(), enrolled(), removed('removed'))
      .when({ type: 'UseRecoveryCode', factorId: 'f-1' })
      .thenRefused({ kind: 'conflict', code: 'second-factor-changed' });
  });
});

describe('a second factor goes', () => {
  it('when its owner removes it', () => {
    given(...person, offered(), enrolled())
      .when({ type: 'RemoveSecondFactor', factorId: 'f-1' })
      .then(removed('removed'));
    given(...person, offered(), enrolled())
      .when({ type: 'RemoveSecondFactor', factorId: 'f-0' })
      .thenRefused({ kind: 'conflict' });
  });
  it('when an administrator resets it, but not their own', () => {
    given(...person, offered(), enrolled())
      .when({ type: 'ResetSecondFactor', by: admin })
      .then(removed('reset'));
    given(...person, offered(), enrolled())
      .when({ type: 'ResetSecondFactor', by: userId })
      .thenRefused({ code: 'own-account' });
  });
  it('once, and another can be enrolled after it', () => {
    const gone = [...person, offered(), enrolled(), removed('reset')];
    given(...gone)
      .when({ type: 'ResetSecondFactor', by: admin })
      .thenRefused({ kind: 'state', code: 'no-second-factor' });
    given(...gone)
      .when({ type: 'OfferSecondFactor', factorId: 'f-2' })
      .then(offered('f-2'));
  });
});
