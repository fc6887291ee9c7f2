import { describe, expect, it } from '@jest/globals';
import { oidcOptions } from './oidc-settings.js';
import { readSettings } from './settings.js';

const ISSUER = { CUSTODY_OIDC_ISSUER: 'https://id.lab.example/realms/lab' };
const BEARER = { ...ISSUER, CUSTODY_OIDC_AUDIENCE: 'custody' };
const BROWSER = {
  ...ISSUER,
  CUSTODY_OIDC_CLIENT_ID: 'custody-web',
  CUSTODY_OIDC_REDIRECT_URI: 'https://custody.lab.example/api/v1/oidc/callback',
};
const options = (environment: Readonly<Record<string, string>>) => oidcOptions(readSettings(environment));

describe('the settings of an OpenID provider', () => {
  it('are none by default', () => expect(options({})).toBeUndefined());

  it('take access tokens with an issuer and an audience', () =>
    expect(options(BEARER)).toEqual({
      issuer: 'https://id.lab.example/realms/lab',
      audience: 'custody',
      roleClaim: 'groups',
      roleMap: new Map(),
      loginClaim: 'preferred_username',
      createAccounts: true,
    }));

  it('let browsers in with a client, public or with its secret', () => {
    const client = {
      id: 'custody-web',
      scopes: 'openid profile email',
      redirectUri: BROWSER.CUSTODY_OIDC_REDIRECT_URI,
    };
    expect(options(BROWSER)?.client).toEqual(client);
    expect(options({ ...BROWSER, CUSTODY_OIDC_CLIENT_SECRET: 'hunter2' })?.client).toEqual({
      ...client,
      secret: 'hunter2',
    });
  });

  it('map values of a claim to roles, also several to one value, and names with = and commas', () => {
    const CUSTODY_OIDC_ROLE_MAP = 'lab-analysts=analyst, lab-qa=reviewer,lab-qa=auditor,cn=qa%2Cdc=lab=viewer';
    expect(options({ ...BEARER, CUSTODY_OIDC_ROLE_MAP })?.roleMap).toEqual(
      new Map([
        ['lab-analysts', ['analyst']],
        ['lab-qa', ['reviewer', 'auditor']],
        ['cn=qa,dc=lab', ['viewer']],
      ]),
    );
  });

  it('map values to roles for names of experiments or models, by the patterns that grants have', () => {
    const CUSTODY_OIDC_ROLE_MAP =
      'lab-water=analyst@experiments:LIMS*, lab-water=viewer,lab-water=analyst@models:lims_?,cn=w=reviewer@experiments:a%2C b';
    expect(options({ ...BEARER, CUSTODY_OIDC_ROLE_MAP })?.roleMap).toEqual(
      new Map([
        [
          'lab-water',
          [
            { role: 'analyst', scope: { kind: 'experiments', pattern: 'LIMS*' } },
            'viewer',
            { role: 'analyst', scope: { kind: 'models', pattern: 'lims_?' } },
          ],
        ],
        ['cn=w', [{ role: 'reviewer', scope: { kind: 'experiments', pattern: 'a, b' } }]],
      ]),
    );
  });

  it('say by which claim accounts of the directory are found, and find them by none otherwise', () => {
    const linkBy = (text: string) => options({ ...BEARER, CUSTODY_OIDC_LINK_BY: text })?.linkBy;
    expect([linkBy(''), linkBy('externalId'), linkBy('externalId=oid')]).toEqual([
      undefined,
      { claim: 'sub' },
      { claim: 'oid' },
    ]);
  });

  it.each([
    ['CUSTODY_OIDC_LINK_BY', 'email', /externalId/],
    ['CUSTODY_OIDC_LINK_BY', 'externalId=', /externalId/],
    ['CUSTODY_OIDC_LINK_BY', 'externalId=two words', /without spaces/],
    ['CUSTODY_OIDC_ISSUER', 'id.lab.example', /https:/],
    ['CUSTODY_OIDC_ISSUER', 'http://id.lab.example', /https:/],
    ['CUSTODY_OIDC_ISSUER', 'http://127.0.0.1.lab.example', /https:/],
    ['CUSTODY_OIDC_ISSUER', 'https://user:hunter2@id.lab.example', /https:/],
    ['CUSTODY_OIDC_ISSUER', 'https://id.lab.example?realm=lab', /without query/],
    ['CUSTODY_OIDC_REDIRECT_URI', 'https://custody.lab.example/', /callback/],
    ['CUSTODY_OIDC_REDIRECT_URI', 'http://custody.lab.example/api/v1/oidc/callback', /https:/],
    ['CUSTODY_OIDC_SCOPES', 'profile', /openid/],
    ['CUSTODY_OIDC_SCOPES', 'openid "profile"', /names of scopes/],
    ['CUSTODY_OIDC_ROLE_CLAIM', 'two words', /without spaces/],
    ['CUSTODY_OIDC_ROLE_MAP', 'lab=boss', /the roles are viewer/],
    ['CUSTODY_OIDC_ROLE_MAP', 'analyst', /pairs/],
    ['CUSTODY_OIDC_ROLE_MAP', 'lab=analyst,', /pairs/],
    ['CUSTODY_OIDC_ROLE_MAP', '100%=analyst', /%25/],
    ['CUSTODY_OIDC_ROLE_MAP', 'lab=analyst@runs:x', /pairs/],
    ['CUSTODY_OIDC_ROLE_MAP', 'lab=analyst@experiments:', /pairs/],
    ['CUSTODY_OIDC_ROLE_MAP', 'lab=analyst@experiments:^LIMS.*', /no name pattern/],
    ['CUSTODY_OIDC_ROLE_MAP', 'lab=admin@experiments:LIMS*', /by name: viewer, analyst, reviewer/],
    ['CUSTODY_OIDC_CREATE_ACCOUNTS', 'maybe', /true or false/],
    ['CUSTODY_OIDC_CLIENT_SECRET', 'hunter2\u0007hunter2', /visible ASCII/],
  ])('%s is refused when it is %s', (variable, value, reason) => {
    const read = () => readSettings({ ...BEARER, [variable]: value });
    expect(read).toThrow(new RegExp(`^${variable}: .*`, 'm'));
    expect(read).toThrow(reason);
    expect(read).not.toThrow(/hunter2/);
  });

  it.each([
    ['an audience without an issuer', { CUSTODY_OIDC_AUDIENCE: 'custody' }, /AUDIENCE.*ISSUER/],
    ['an issuer for nothing', ISSUER, /ISSUER.*AUDIENCE/],
    ['a client without a way back', { ...ISSUER, CUSTODY_OIDC_CLIENT_ID: 'x' }, /REDIRECT_URI: is needed/],
    [
      'a way back without a client',
      { ...BEARER, CUSTODY_OIDC_REDIRECT_URI: BROWSER.CUSTODY_OIDC_REDIRECT_URI },
      /CLIENT_ID/,
    ],
    ['a secret without a client', { ...BEARER, CUSTODY_OIDC_CLIENT_SECRET: 'x' }, /CLIENT_SECRET/],
    ['an open server', { ...BEARER, CUSTODY_OPEN: 'true' }, /open server/],
  ])('do not go with %s', (_, environment, reason) => {
    expect(() => readSettings(environment)).toThrow(reason);
  });
});
