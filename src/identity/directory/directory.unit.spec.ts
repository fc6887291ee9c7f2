import { describe, expect, it } from '@jest/globals';
import { UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { directoryDecider, UserNameReserved } from './directory.js';
import { loginName } from './login-name.js';

const { given } = specFor(directoryDecider);
const [ada, bob] = ['u-ada' as UserId, 'u-bob' as UserId];
const reserved = (digest: string, userId: UserId, kind: 'person' | 'service' = 'person'): UserNameReserved => ({
  type: 'UserNameReserved',
  data: { digest, userId, kind },
});

describe('the directory of logins', () => {
  it('gives a free name to who asks first', () => {
    given().when({ type: 'ReserveName', digest: 'a', userId: ada, kind: 'person' }).then(reserved('a', ada));
  });
  it('leaves a taken name with its holder', () => {
    const past = reserved('a', ada);
    given(past).when({ type: 'ReserveName', digest: 'a', userId: bob, kind: 'person' }).thenNothing();
    expect(directoryDecider.evolve(directoryDecider.initial, past).names.get('a')).toBe(ada);
  });
  it('gives the first name out only while there are no people', () => {
    const first = { type: 'ReserveFirstName' as const, digest: 'admin', userId: ada };
    given().when(first).then(reserved('admin', ada));
    given(reserved('w', bob, 'service'))
      .when(first)
      .then(reserved('admin', ada));
    given(reserved('b', bob)).when(first).thenNothing();
    given(reserved('admin', bob)).when(first).thenNothing();
  });
});

describe('a login', () => {
  it('has one spelling', () => {
    expect(loginName('Ada.Lovelace')).toBe('ada.lovelace');
    expect(loginName('ＡＤＡ')).toBe('ada');
    expect(loginName('E\u0301lodie')).toBe('\u00e9lodie');
    expect(loginName('ada@lab.example')).toBe('ada@lab.example');
  });
  it.each(['', ' ada', 'ada ', 'a:b', 'a b', '-ada', '../etc', 'a\u0000', 'a\u202eb', 'x'.repeat(129), '\ud800'])(
    'is refused when it is %j',
    (text) => {
      expect(() => loginName(text)).toThrow(expect.objectContaining({ code: 'invalid-login', field: 'login' }));
    },
  );
  it.each([
    ['a Cyrillic а among Latin letters', 'ad\u0430'],
    ['a Greek ο', 'b\u03bfb'],
    ['an Armenian օ', 'b\u0585b'],
    ['a Cherokee Ꭺ', '\u13aada'],
    ['Greek among Cyrillic', '\u0430\u03bf'],
    ['a Cyrillic letter behind the @', 'ada@l\u0430b.example'],
  ])('is refused when it mixes letters that look the same: %s', (_what, text) => {
    const refused = {
      code: 'invalid-login',
      field: 'login',
      message: expect.stringContaining('one script') as unknown,
    };
    expect(() => loginName(text)).toThrow(expect.objectContaining(refused));
  });
  it.each(['анна', 'γιάννης', 'ada', '山田', 'やまだ太郎', 'ada山田', 'анна-7'])(
    'is taken when its letters are not mixed up: %s',
    (text) => {
      expect(loginName(text)).toBe(text.normalize('NFKC'));
    },
  );
  it.each(['svc-training-worker', 'SVC-x', 'unverified-1'])('is refused when it belongs to the system: %s', (text) => {
    expect(() => loginName(text)).toThrow(expect.objectContaining({ code: 'reserved-login' }));
  });
});
