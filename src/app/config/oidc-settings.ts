import { namePattern, Role, ROLES, ScopedRole, unscopable } from '../../core/index.js';
import { lineOfText } from './line-of-text.js';
import type { OidcOptions, RoleMap } from '../../identity/index.js';

/** The settings of `CUSTODY_OIDC_…` as they stand; what they mean together is `oidcOptions`. */
export interface OidcSettings {
  readonly oidcIssuer: string;
  readonly oidcAudience: string;
  readonly oidcClientId: string;
  readonly oidcClientSecret: string;
  readonly oidcRedirectUri: string;
  readonly oidcScopes: string;
  readonly oidcRoleClaim: string;
  readonly oidcRoleMap: RoleMap;
  readonly oidcLoginClaim: string;
  readonly oidcCreateAccounts: boolean;
  readonly oidcLinkBy: { readonly claim: string } | undefined;
  readonly oidcIdentityVerified: string | undefined;
}

interface OidcSetting<T> {
  readonly variable: string;
  readonly about: string;
  readonly fallback: string;
  readonly parse: (text: string) => T;
  readonly secret?: true;
}

export const CALLBACK_PATH = '/api/v1/oidc/callback';

export const OIDC_SETTINGS: { readonly [Name in keyof OidcSettings]: OidcSetting<OidcSettings[Name]> } = {
  oidcIssuer: {
    variable: 'CUSTODY_OIDC_ISSUER',
    about:
      'The OpenID provider whose people and services may sign in, by its issuer identifier (https://id.lab.example/realms/lab). Empty: none.',
    fallback: '',
    parse: issuer,
  },
  oidcAudience: {
    variable: 'CUSTODY_OIDC_AUDIENCE',
    about:
      'What the audience of an access token must name for it to be accepted as Bearer. Empty: no access token of the provider is.',
    fallback: '',
    parse: oneWord,
  },
  oidcClientId: {
    variable: 'CUSTODY_OIDC_CLIENT_ID',
    about: 'Client that Custody is at the provider, for signing in with the browser. Empty: nobody does.',
    fallback: '',
    parse: oneWord,
  },
  oidcClientSecret: {
    variable: 'CUSTODY_OIDC_CLIENT_SECRET',
    about: 'Its secret. Empty: a public client.',
    fallback: '',
    parse: clientSecret,
    secret: true,
  },
  oidcRedirectUri: {
    variable: 'CUSTODY_OIDC_REDIRECT_URI',
    about: `Where the provider sends the browser back to, as registered there: https://custody.lab.example${CALLBACK_PATH}.`,
    fallback: '',
    parse: redirectUri,
  },
  oidcScopes: {
    variable: 'CUSTODY_OIDC_SCOPES',
    about: 'Scopes to ask the provider for when somebody signs in with the browser, separated by spaces.',
    fallback: 'openid profile email',
    parse: scopes,
  },
  oidcRoleClaim: {
    variable: 'CUSTODY_OIDC_ROLE_CLAIM',
    about: 'Claim that roles are made from, by its name or the way to it (groups, realm_access.roles).',
    fallback: 'groups',
    parse: claimName,
  },
  oidcRoleMap: {
    variable: 'CUSTODY_OIDC_ROLE_MAP',
    about:
      'Which value of that claim gives which role, everywhere or for experiments or models by name: lab-analysts=analyst,lab-qa=reviewer,lab-qa=auditor,lab-water=analyst@experiments:LIMS*,lab-water=viewer@models:lims_?. A comma in a value or pattern is written %2C. What is not named gives no role.',
    fallback: '',
    parse: roleMap,
  },
  oidcLoginClaim: {
    variable: 'CUSTODY_OIDC_LOGIN_CLAIM',
    about: 'Claim that the login of a new account is taken from.',
    fallback: 'preferred_username',
    parse: claimName,
  },
  oidcCreateAccounts: {
    variable: 'CUSTODY_OIDC_CREATE_ACCOUNTS',
    about:
      'Whether somebody whom the provider knows gets an account at their first sign-in. Otherwise an administrator links accounts.',
    fallback: 'true',
    parse: yesOrNo,
  },
  oidcLinkBy: {
    variable: 'CUSTODY_OIDC_LINK_BY',
    about:
      'How an account that the lab’s directory made over SCIM is linked at its person’s first sign-in. externalId: its externalId is the subject that the provider says (sub); externalId=oid: it is what the claim oid says, which nobody may be able to choose at the provider. Empty: an administrator links it.',
    fallback: '',
    parse: linkBy,
  },
  oidcIdentityVerified: {
    variable: 'CUSTODY_OIDC_IDENTITY_VERIFIED',
    about:
      'How people were identified before the provider knew them ("HR saw an identity card, SOP-12"): recorded for each account that is made at a first sign-in, which activates it. Empty: each waits until somebody records it.',
    fallback: '',
    parse: lineOfText(500),
  },
};

/** What is wrong with these settings as a whole, each problem under the variable to change. */
export function oidcProblems(settings: OidcSettings & { readonly open: boolean }): readonly string[] {
  const { oidcIssuer, oidcAudience, oidcClientId, oidcClientSecret, oidcRedirectUri, open } = settings;
  const problems: string[] = [];
  const problem = (name: keyof OidcSettings, what: string) =>
    void problems.push(`${OIDC_SETTINGS[name].variable}: ${what}`);
  if (oidcIssuer === '') {
    for (const name of ['oidcAudience', 'oidcClientId'] as const)
      if (settings[name] !== '') problem(name, 'means nothing without CUSTODY_OIDC_ISSUER');
  } else if (open) problem('oidcIssuer', 'an open server knows nobody; serve with accounts to let people sign in');
  else if (oidcAudience === '' && oidcClientId === '')
    problem('oidcIssuer', 'set CUSTODY_OIDC_AUDIENCE for access tokens, CUSTODY_OIDC_CLIENT_ID for browsers, or both');
  if (oidcClientId !== '' && oidcRedirectUri === '')
    problem('oidcRedirectUri', 'is needed to sign in with the browser (CUSTODY_OIDC_CLIENT_ID)');
  if (oidcClientId === '' && oidcRedirectUri !== '')
    problem('oidcClientId', 'is needed to sign in with the browser (CUSTODY_OIDC_REDIRECT_URI)');
  if (oidcClientId === '' && oidcClientSecret !== '')
    problem('oidcClientSecret', 'means nothing without CUSTODY_OIDC_CLIENT_ID');
  return problems;
}

export function oidcOptions(settings: OidcSettings): OidcOptions | undefined {
  const { oidcIssuer: issuer, oidcAudience: audience, oidcClientId: id, oidcClientSecret: secret } = settings;
  if (issuer === '') return undefined;
  const { oidcScopes, oidcRedirectUri, oidcRoleClaim, oidcRoleMap, oidcLoginClaim, oidcCreateAccounts } = settings;
  const { oidcIdentityVerified: identityVerified, oidcLinkBy: linkBy } = settings;
  const client = { id, scopes: oidcScopes, redirectUri: oidcRedirectUri, ...(secret === '' ? {} : { secret }) };
  return {
    issuer,
    ...(audience === '' ? {} : { audience }),
    ...(id === '' ? {} : { client }),
    roleClaim: oidcRoleClaim,
    roleMap: oidcRoleMap,
    loginClaim: oidcLoginClaim,
    createAccounts: oidcCreateAccounts,
    ...(linkBy === undefined ? {} : { linkBy }),
    ...(identityVerified === undefined ? {} : { identityVerified }),
  };
}

/** What the provider says decides who may do what, so nobody in between may change it; on this machine nobody is. */
function trusted({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname));
}

function issuer(text: string): string {
  if (text === '') return text;
  const url = URL.parse(text);
  if (!url || !trusted(url) || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    throw new Error('must be https://host/path without query (http on this machine only)');
  // As it was given: the provider names itself in exactly this spelling, and both are compared as texts.
  return text;
}

function redirectUri(text: string): string {
  if (text === '') return text;
  const url = URL.parse(text);
  if (!url || !trusted(url) || !url.pathname.endsWith(CALLBACK_PATH) || url.href !== text)
    throw new Error(`must be https://host${CALLBACK_PATH} (http on this machine only)`);
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    throw new Error('may hold no query and no credentials');
  return text;
}

function oneWord(text: string): string {
  if (!/^[\x21-\x7e]{0,1024}$/.test(text)) throw new Error('must be visible ASCII characters without spaces');
  return text;
}

/** RFC 6749, appendix A.2. */
function clientSecret(text: string): string {
  if (!/^[\x20-\x7e]{0,1024}$/.test(text)) throw new Error('must be visible ASCII characters and spaces');
  return text;
}

function scopes(text: string): string {
  const names = text.split(/ +/);
  if (!names.every((name) => /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/.test(name)))
    throw new Error('must be names of scopes, separated by spaces');
  if (!names.includes('openid')) throw new Error('must include openid');
  return names.join(' ');
}

function claimName(text: string): string {
  if (!/^[^\p{C}\s]{1,256}$/u.test(text)) throw new Error('must be the name of a claim, without spaces');
  return text;
}

function linkBy(text: string): { readonly claim: string } | undefined {
  if (text === '') return undefined;
  const [, claim = 'sub'] = /^externalId(?:=(.+))?$/.exec(text) ?? [undefined, ''];
  if (claim === '') throw new Error('must be externalId, or externalId= and the name of a claim');
  return { claim: claimName(claim) };
}

function yesOrNo(text: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new Error('must be true or false');
}

function roleMap(text: string): RoleMap {
  const map = new Map<string, readonly (Role | ScopedRole)[]>();
  if (text === '') return map;
  for (const pair of text.split(',')) {
    // A value may hold `=` itself (names of directories do); a role never does, nor a pattern that is written here.
    const [, value, name, kind, pattern] = PAIR.exec(pair) ?? [];
    const role = ROLES.find((known) => known === name);
    if (value === undefined || role === undefined) {
      const pairs = 'pairs value=role, value=role@experiments:pattern or value=role@models:pattern';
      throw new Error(`must be ${pairs}, separated by commas; the roles are ${ROLES.join(', ')}`);
    }
    const claimed = decoded(value.trim());
    const given = pattern === undefined ? role : scoped(role, kind as 'experiments' | 'models', decoded(pattern));
    map.set(claimed, [...(map.get(claimed) ?? []), given]);
  }
  return map;
}

const PAIR = /^\s*(.+)=([a-z-]+)(?:@(experiments|models):([^=]*[^=\s]))?\s*$/;

function scoped(role: Role, kind: 'experiments' | 'models', text: string): ScopedRole {
  const scope = { kind, pattern: namePattern(text) };
  const unscoped = unscopable(role, scope);
  if (unscoped !== undefined) throw new Error(unscoped);
  return { role, scope };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new Error('a percent sign in a value or pattern is written %25, a comma %2C');
  }
}
