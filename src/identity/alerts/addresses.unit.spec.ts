import { describe, it } from '@jest/globals';
import { Sealed, UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { AddAddress, addressesDecider, SignInAddressAdded } from './addresses.js';

const userId = 'u-1' as UserId;
const sealed = (box: string): Sealed => ({ subject: userId, box });
const added = (box: string): SignInAddressAdded => ({
  type: 'SignInAddressAdded',
  data: { userId, address: sealed(box) },
});
const add = (box: string, compared: number): AddAddress => ({ userId, address: sealed(box), compared });
const { given } = specFor(addressesDecider);

describe('the addresses of an administrator', () => {
  it('begin with one that is no alert', () => {
    given().when(add('a', 0)).then(added('a'));
  });

  it('grow by one that is an alert in the same append', () => {
    given(added('a'))
      .when(add('b', 1))
      .then(added('b'), { type: 'AlertRaised', data: { alert: 'administrator-new-address', userId } });
  });

  it('stay as they are when another came meanwhile, until it has been compared too', () => {
    given(added('a')).when(add('b', 0)).thenNothing();
  });
});
