import { describe, expect, it } from '@jest/globals';
import { newTokenSecret } from '../credentials/token-secret.js';
import { basic } from '../testing/fake-request.js';
import { presented } from './authorization-header.js';
import { checkedReason, headerText } from './header-text.js';

const token = newTokenSecret();

describe('the Authorization header', () => {
  it('presents a login and a password', () => {
    expect(presented(basic('ada', 'pass:word'))).toEqual({
      kind: 'password',
      method: 'basic',
      login: 'ada',
      password: 'pass:word',
    });
    expect(presented(basic('ada', 'pass:word').replace('Basic', 'bASIC'))).toMatchObject({ kind: 'password' });
    expect(presented(basic('élodie', 'pâté'))).toMatchObject({ login: 'élodie', password: 'pâté' });
  });
  it('presents a token, as Bearer or in the place of a password', () => {
    expect(presented(`Bearer ${token}`)).toEqual({ kind: 'token', method: 'bearer', secret: token });
    expect(presented(basic('ada', token))).toEqual({ kind: 'token', method: 'basic', secret: token, login: 'ada' });
  });
  it.each([
    ['Bearer', 'bearer'],
    [`Bearer ${token} more`, 'bearer'],
    [`Bearer ${token.slice(0, -1)}`, 'bearer'],
    [basic('ada', token.slice(0, -1)), 'basic'],
    ['Basic !!!', 'basic'],
    [`Basic ${Buffer.from('no colon').toString('base64')}`, 'basic'],
    [`Basic ${'A'.repeat(5000)}`, 'basic'],
    ['Digest username="ada"', 'none'],
    [token, 'none'],
  ])('is malformed when it is %s', (header, method) => {
    expect(presented(header)).toEqual({ kind: 'malformed', method });
  });
});

describe('text in headers', () => {
  it('is UTF-8 where it can be, else Latin-1', () => {
    expect(headerText(Buffer.from('Prüfung №5').toString('latin1'))).toBe('Prüfung №5');
    expect(headerText('Pr\u00fcfung')).toBe('Prüfung');
    expect(headerText('plain')).toBe('plain');
  });
  it('is a reason when it is one line of plain text', () => {
    expect(checkedReason('  corrective action CA-17 ', 'reason')).toBe('corrective action CA-17');
    expect(checkedReason('   ', 'reason')).toBeUndefined();
    expect(checkedReason('x'.repeat(1000), 'reason')).toHaveLength(1000);
  });
  it.each(['x'.repeat(1001), 'a\nb', 'a\u0000b', 'a\u0085b', 'a\u2028b', 'a\u202eb', 'a\ud800b'])(
    'is no reason when it is %j',
    (text) => {
      expect(() => checkedReason(text, 'x-custody-reason')).toThrow(
        expect.objectContaining({ code: 'invalid-reason', field: 'x-custody-reason' }),
      );
    },
  );
});
