import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Requires } from '../../http/index.js';
import { basic, execution, fakeRequest, FakeRequest, handlerOf } from '../testing/fake-request.js';
import { IdentityLab } from '../testing/identity-lab.js';

class Routes {
  @Requires('run:write')
  write() {}
  @Requires('user:write')
  administer() {}
}

describe('an open server', () => {
  let lab: IdentityLab;
  beforeEach(async () => {
    lab = await IdentityLab.start({ open: true });
  });
  afterEach(() => lab.stop());

  const call = async (request: FakeRequest = {}, route: keyof Routes = 'write') => {
    const fake = fakeRequest(request);
    await lab.guard.canActivate(execution(handlerOf(Routes, route), fake));
    return fake.custody!;
  };

  it('takes everybody as somebody unverified, under the name they claim', async () => {
    const { actor } = await call({ authorization: basic('Ada', 'whatever') });
    expect(actor).toMatchObject({
      kind: 'person',
      via: 'none',
      verified: false,
      roles: ['analyst', 'reviewer', 'auditor'],
    });
    expect(actor.id).toMatch(/^unverified-[0-9a-f]{16}$/);
    expect(actor.claimedName?.subject).toBe(actor.id);
    expect(lab.keystore.unseal(actor.claimedName!)).toBe('Ada');
    expect((await call({ authorization: basic('Ada', 'else') })).actor.id).toBe(actor.id);
    expect((await call({ authorization: basic('Bob', 'whatever') })).actor.id).not.toBe(actor.id);
  });

  it.each<[string, FakeRequest, string]>([
    ['the header', { headers: { 'x-custody-user': ' Grace ' } }, 'Grace'],
    ['Basic before the header', { authorization: basic('Ada', ''), headers: { 'x-custody-user': 'Grace' } }, 'Ada'],
    ['neither', {}, 'anonymous'],
    ['a header without a name', { headers: { 'x-custody-user': '  ' } }, 'anonymous'],
    ['a malformed Authorization', { authorization: 'Basic !!!' }, 'anonymous'],
  ])('takes the name from %s', async (_, request, name) => {
    expect(lab.keystore.unseal((await call(request)).actor.claimedName!)).toBe(name);
  });

  it('records no sign-in, since nobody signs in', async () => {
    await call();
    expect(await lab.events()).toEqual([]);
  });

  it('lets nobody administer accounts', async () => {
    await expect(call({}, 'administer')).rejects.toMatchObject({
      kind: 'denied',
      code: 'not-permitted',
      message:
        'this open server knows nobody, and gives everyone the roles analyst, reviewer, auditor, which may not create accounts and change their roles (user:write); that takes the role admin: serve with accounts (without --open) to have one',
    });
    expect(await lab.events('AccessDenied')).toMatchObject([{ actor: { verified: false } }]);
  });

  it.each<[string, FakeRequest]>([
    ['another machine', { remoteAddress: '192.0.2.7' }],
    ['an unknown address', { remoteAddress: '' }],
    ['a name that points here (DNS rebinding)', { headers: { host: 'evil.example:5000' } }],
    ['a name that begins like localhost', { headers: { host: 'localhost.evil.example' } }],
    ['a name that begins like loopback', { headers: { host: '127.0.0.1.evil.example' } }],
    ['a page of another site', { headers: { origin: 'https://evil.example' } }],
    ['a page of another port', { headers: { origin: 'http://localhost:3000' } }],
    ['a page without origin', { headers: { origin: 'null' } }],
    [
      'another site’s script without Origin',
      { method: 'GET', headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } },
    ],
    [
      'another site’s form',
      { method: 'POST', headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } },
    ],
  ])('refuses a request from %s, and records it', async (_, request) => {
    await expect(call(request)).rejects.toMatchObject({ kind: 'denied', code: 'not-local' });
    expect(await lab.events('AccessDenied')).toMatchObject([
      { actor: { verified: false }, data: { code: 'not-local' } },
    ]);
  });

  it.each<[string, FakeRequest]>([
    ['IPv6 loopback', { remoteAddress: '::1', headers: { host: '[::1]:5000' } }],
    ['mapped IPv4 loopback', { remoteAddress: '::ffff:127.0.0.1', headers: { host: '127.0.0.1:5000' } }],
    ['the rest of 127/8', { remoteAddress: '127.8.8.8', headers: { host: '127.8.8.8' } }],
    ['its own pages', { headers: { origin: 'http://localhost:5000', 'sec-fetch-site': 'same-origin' } }],
    [
      'a link from elsewhere',
      { method: 'GET', headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } },
    ],
  ])('answers %s', async (_, request) => {
    expect((await call(request)).actor.verified).toBe(false);
  });
});
