import { describe, expect, it } from '@jest/globals';
import { fakeRequest } from '../testing/fake-request.js';
import { forged } from './cross-site.js';
import { cookieFor, cookieIn, noCookie } from './session-cookie.js';

const request = (method: string, headers: Readonly<Record<string, string>>) => fakeRequest({ method, headers });
const TOKEN = 'the-token-of-the-session';

describe('a request by cookie', () => {
  it.each([
    ['a read without anything', 'GET', {}],
    ['a read of our own page', 'GET', { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:5000' }],
    ['a link that somebody follows', 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['a change with the token', 'POST', { 'x-custody-csrf': TOKEN }],
    [
      'a change with the token from our own page',
      'DELETE',
      { 'x-custody-csrf': TOKEN, 'sec-fetch-site': 'same-origin', origin: 'http://localhost:5000' },
    ],
    [
      'a change through the proxy that ends TLS before us',
      'POST',
      { 'x-custody-csrf': TOKEN, origin: 'https://lab.example', host: 'lab.example' },
    ],
  ])('is taken for its user’s own: %s', (_, method, headers) => {
    expect(forged(request(method, headers), TOKEN)).toBeUndefined();
  });

  it.each([
    ['a change without the token', 'POST', {}],
    ['a change with another session’s token', 'POST', { 'x-custody-csrf': `${TOKEN.slice(0, -1)}X` }],
    ['a change with a cut token', 'DELETE', { 'x-custody-csrf': TOKEN.slice(1) }],
    ['a change with an empty token', 'PATCH', { 'x-custody-csrf': '' }],
    ['a change from another site', 'POST', { 'x-custody-csrf': TOKEN, 'sec-fetch-site': 'cross-site' }],
    ['a change from a sibling host', 'POST', { 'x-custody-csrf': TOKEN, 'sec-fetch-site': 'same-site' }],
    ['a change from another origin', 'POST', { 'x-custody-csrf': TOKEN, origin: 'http://evil.example' }],
    ['a change from another port', 'POST', { 'x-custody-csrf': TOKEN, origin: 'http://localhost:5001' }],
    [
      'a change from another site that speaks of a proxy which nobody trusts',
      'POST',
      { 'x-custody-csrf': TOKEN, origin: 'http://evil.example', 'x-forwarded-host': 'evil.example' },
    ],
    ['a change from a sandboxed frame', 'POST', { 'x-custody-csrf': TOKEN, origin: 'null' }],
    ['a form that another site sends', 'POST', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['a picture in a page of another site', 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ])('is refused: %s', (_, method, headers) => {
    expect(forged(request(method, headers), TOKEN)).toMatch(/session/);
  });
});

describe('the cookie', () => {
  const secret = 's'.repeat(43);
  it('is for this host and for nobody’s script', () => {
    expect(cookieFor(request('POST', {}), secret)).toBe(`custody_session=${secret}; Path=/; HttpOnly; SameSite=Strict`);
  });
  it('goes over https only where it came by https', () => {
    const https = fakeRequest({ protocol: 'https' });
    expect(cookieFor(https, secret)).toBe(
      `__Host-custody_session=${secret}; Path=/; HttpOnly; SameSite=Strict; Secure`,
    );
    expect(noCookie(https)).toContain('__Host-custody_session=; ');
    expect(noCookie(https)).toContain('Max-Age=0');
  });
  it('is found among others', () => {
    expect(cookieIn(request('GET', { cookie: `a=b; custody_session=${secret}; xcustody_session=1` }))).toBe(secret);
    expect(cookieIn(request('GET', { cookie: 'a=b; custody_sessions=1; =; ;' }))).toBeUndefined();
    expect(cookieIn(request('GET', {}))).toBeUndefined();
  });
  it('that was set twice is nobody’s: a sibling host may have set one', () => {
    expect(cookieIn(request('GET', { cookie: `custody_session=${secret}; custody_session=other` }))).toBe('');
  });
  it('over https is not the one that anybody on the way could have set', () => {
    const headers = { cookie: `custody_session=${secret}` };
    expect(cookieIn(fakeRequest({ headers, protocol: 'https' }))).toBeUndefined();
  });
});
