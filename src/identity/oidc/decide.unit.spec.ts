import { describe, it } from '@jest/globals';
import { Micros, UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { identityDecider } from './decide.js';
import { IdentityEvent } from './events.js';

const { given } = specFor(identityDecider);
const [ada, bob] = ['u-ada' as UserId, 'u-bob' as UserId];
const at = (seconds: number) => (seconds * 1e6) as Micros;
const identity = { subject: ada, box: 'v1.a.b' };
const by = (userId: UserId, rolesFollow = true) => ({ digest: 'd', userId, identity, rolesFollow });
const linked = (userId = ada, rolesFollow = true, claimsOf?: Micros): IdentityEvent => ({
  type: 'IdentityLinked',
  data: { ...by(userId, rolesFollow), ...(claimsOf === undefined ? {} : { claimsOf }) },
});
const unlinked: IdentityEvent = { type: 'IdentityUnlinked', data: { digest: 'd', userId: ada } };
const followed = (claimsOf: Micros): IdentityEvent => ({
  type: 'IdentityClaimsFollowed',
  data: { digest: 'd', userId: ada, claimsOf },
});

describe('a link between a subject and an account', () => {
  const first = { type: 'LinkAtSignIn' as const, ...by(ada), claimsOf: at(1) };

  it('is made at a first sign-in, once', () => {
    given()
      .when(first)
      .then(linked(ada, true, at(1)));
    given(linked(bob)).when(first).thenNothing();
  });
  it('is not made anew at a sign-in when an administrator has taken it away', () => {
    given(linked(), unlinked).when(first).thenNothing();
  });
  it('is made to an account of before at a first sign-in only where it never had another', () => {
    const command = { type: 'LinkFirst' as const, ...by(ada) };
    const other = { type: 'IdentityLinked' as const, data: { ...by(ada), digest: 'other' } };
    given().when(command).then(linked());
    given(linked(bob)).when(command).thenNothing();
    given(other).when(command).thenNothing();
    given(other, { type: 'IdentityUnlinked', data: { digest: 'other', userId: ada } })
      .when(command)
      .thenNothing();
  });
  it('is made by an administrator, for one account at a time', () => {
    const command = { type: 'LinkIdentity' as const, ...by(ada, false) };
    given().when(command).then(linked(ada, false));
    given(linked(ada, false)).when(command).thenNothing();
    given(linked(), unlinked).when(command).then(linked(ada, false));
    given(linked(bob)).when(command).thenRefused({ code: 'identity-linked', field: 'subject' });
    given(linked(ada, true)).when(command).thenRefused({ code: 'identity-linked' });
  });
  it('is taken away from the account that has it only', () => {
    const command = { type: 'UnlinkIdentity' as const, digest: 'd', userId: ada };
    given(linked()).when(command).then(unlinked);
    given(linked(bob)).when(command).thenRefused({ code: 'identity-not-found' });
    given(linked(), unlinked).when(command).thenRefused({ code: 'identity-not-found' });
    given().when(command).thenRefused({ code: 'identity-not-found' });
  });
});

describe('claims', () => {
  const follow = (claimsOf: Micros) => ({ type: 'FollowClaims' as const, digest: 'd', claimsOf });

  it('are followed when they are newer than those before', () => {
    given(linked(ada, true, at(1)))
      .when(follow(at(2)))
      .then(followed(at(2)));
    given(linked(ada, true, at(1)))
      .when(follow(at(1)))
      .thenNothing();
    given(linked(ada, true, at(1)), followed(at(5)))
      .when(follow(at(4)))
      .thenNothing();
  });
  it('are followed by accounts only whose roles do', () => {
    given(linked(ada, false))
      .when(follow(at(2)))
      .thenNothing();
    given(linked(), unlinked)
      .when(follow(at(2)))
      .thenNothing();
    given()
      .when(follow(at(2)))
      .thenNothing();
  });
});
