import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RecordedEvent } from '../../../core/index.js';
import { IdentityLab } from '../../testing/identity-lab.js';
import { OidcOptions } from '../options.js';
import { OidcProvider } from '../provider.js';
import { AUDIENCE, LabProvider, WEB } from '../testing/lab-provider.js';
import { ProviderBrowser } from '../testing/provider-browser.js';

/* The whole dance with a real provider: its pages are played over HTTP, ours by injection. */

const REDIRECT = 'http://127.0.0.1:1/api/v1/oidc/callback';

let provider: LabProvider;
let lab: IdentityLab;

const options = (): OidcOptions => ({
  issuer: provider.issuer,
  audience: AUDIENCE,
  client: { id: WEB.id, secret: WEB.secret, scopes: 'openid profile email', redirectUri: REDIRECT },
  roleClaim: 'groups',
  roleMap: new Map([['lab-qa', ['reviewer']]]),
  loginClaim: 'preferred_username',
  createAccounts: true,
  identityVerified: 'HR saw a passport, SOP-12',
});

beforeAll(async () => {
  provider = await LabProvider.start({ redirectUri: REDIRECT });
  lab = await IdentityLab.start({ oidc: options(), provider: new OidcProvider(options(), { pauseMs: 0 }) });
  lab.clock.advance(Date.now() * 1000 - lab.clock.now());
  for (const login of ['re.viewer', 'kim'])
    provider.directory.set(login, {
      preferred_username: login,
      name: `The ${login}`,
      email: `${login}@lab.example`,
      email_verified: true,
      groups: ['lab-qa'],
    });
});
afterAll(async () => {
  await lab.stop();
  await provider.stop();
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly location: string | undefined;
  /** By name; empty where it was taken away. */
  readonly cookies: ReadonlyMap<string, string>;
  readonly setCookies: readonly string[];
}

async function get(url: string, cookie = '', method: 'GET' | 'POST' = 'GET', headers = {}): Promise<Answer> {
  const answer = await lab.app.inject({ method, url, headers: { ...headers, ...(cookie === '' ? {} : { cookie }) } });
  const setCookies = [answer.headers['set-cookie'] ?? []].flat();
  const pairs = setCookies.map((each) => /^([^=]+)=([^;]*)/.exec(each)!.slice(1, 3) as [string, string]);
  const location = answer.headers['location'];
  return { status: answer.statusCode, text: answer.body, location, cookies: new Map(pairs), setCookies };
}

/** Up to the provider's answer: the address that it sends the browser to, and the cookie that waits for it. */
async function begin(login: string, { returnTo = '', cancel = false, browser = new ProviderBrowser() } = {}) {
  const query = returnTo === '' ? '' : `?return_to=${encodeURIComponent(returnTo)}`;
  const started = await get(`/api/v1/oidc/login${query}`);
  expect(started.status).toBe(302);
  const back = await browser.signIn(started.location!, REDIRECT, login, { cancel });
  return { started, cookie: `custody_oidc=${started.cookies.get('custody_oidc')}`, path: pathOf(back) };
}

const pathOf = (url: string) => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};

const lastFailure = async (): Promise<RecordedEvent> => (await lab.events('SignInFailed')).at(-1)!;

async function expectRefused(answer: Answer, why: string): Promise<void> {
  expect([answer.status, JSON.parse(answer.text)]).toEqual([401, expect.objectContaining({ code: 'sign-in-failed' })]);
  expect(answer.cookies.has('custody_session')).toBe(false);
  expect((await lastFailure()).data).toMatchObject({ method: 'oidc', why, route: '/api/v1/oidc/callback' });
}

describe('signing in with the browser', () => {
  it('goes to the provider with PKCE, state and nonce, and leaves nothing of them readable', async () => {
    const { location, setCookies } = await get('/api/v1/oidc/login');
    const url = new URL(location!);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: WEB.id,
      response_type: 'code',
      redirect_uri: REDIRECT,
      code_challenge_method: 'S256',
      scope: 'openid profile email',
    });
    const [state, nonce] = [url.searchParams.get('state')!, url.searchParams.get('nonce')!];
    expect([state, nonce].every((each) => each.length >= 43)).toBe(true);
    expect(setCookies).toHaveLength(1);
    expect(setCookies[0]).toMatch(/^custody_oidc=v1\.[\w-]+\.[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
    expect(setCookies[0]).not.toContain(state);
  });

  it('comes back to a session, under an account with the roles of the claims', async () => {
    const { cookie, path } = await begin('re.viewer', { returnTo: '/runs?page=2&q="<b>"#top' });
    const { status, text, cookies, setCookies } = await get(path, cookie);
    expect(status).toBe(200);
    expect(text).toContain('content="0;url=/runs?page=2&#38;q=%22%3Cb%3E%22#top"');
    expect(cookies.get('custody_oidc')).toBe('');
    expect(setCookies.find((each) => each.startsWith('custody_session='))).toMatch(/HttpOnly; SameSite=Strict/);

    const session = `custody_session=${cookies.get('custody_session')}`;
    await lab.catchUp();
    const me = JSON.parse((await get('/api/v1/users/me', session)).text) as Record<string, unknown>;
    expect(me).toMatchObject({ login: 're.viewer', roles: ['reviewer'], kind: 'person' });
    const events = await lab.events();
    expect(events.findLast(({ type }) => type === 'SessionStarted')).toMatchObject({
      actor: { id: me['user_id'], via: 'oidc' },
      data: { how: 'oidc' },
    });
    expect(events.findLast(({ type }) => type === 'SignedIn')?.data).toMatchObject({ via: 'oidc' });
    expect(JSON.stringify(events)).not.toMatch(/re\.viewer|lab\.example/);
  });

  it.each([
    ['at its userinfo endpoint', 'at-userinfo', 'by.userinfo'],
    ['in an access token for us', 'in-access-token', 'by.token'],
  ] as const)('takes groups from where the provider says them: %s', async (_, says, login) => {
    provider.directory.set(login, { preferred_username: login, groups: ['lab-qa'] });
    provider.says = says;
    provider.serve();
    const { cookie, path } = await begin(login);
    const { status, cookies } = await get(path, cookie);
    provider.says = 'in-id-token';
    provider.serve();
    expect(status).toBe(200);
    await lab.catchUp();
    const session = `custody_session=${cookies.get('custody_session')}`;
    expect(JSON.parse((await get('/api/v1/users/me', session)).text)).toMatchObject({ login, roles: ['reviewer'] });
  });

  it('ends here and, by the page, at the provider', async () => {
    const { cookie, path } = await begin('re.viewer');
    const { cookies } = await get(path, cookie);
    const session = `custody_session=${cookies.get('custody_session')}`;
    const { csrf_token } = JSON.parse((await get('/api/v1/sessions/current', session)).text) as { csrf_token: string };
    expect((await get('/api/v1/oidc/logout', session, 'POST')).status).toBe(403);
    const out = await get('/api/v1/oidc/logout', session, 'POST', { 'x-custody-csrf': csrf_token });
    const { logout_url } = JSON.parse(out.text) as { logout_url: string };
    expect(out.status).toBe(200);
    expect((await fetch(logout_url)).status).toBe(200);
    expect(new URL(logout_url).searchParams.get('post_logout_redirect_uri')).toBe('http://127.0.0.1:1/');
    expect((await get('/api/v1/users/me', session)).status).toBe(401);
  });

  it('ends at once for whoever is unlinked', async () => {
    const { cookie, path } = await begin('kim');
    const { cookies } = await get(path, cookie);
    const session = `custody_session=${cookies.get('custody_session')}`;
    const [userId, digest] = await linkOf(session);
    await lab.person('ad.min', 'the password of ad.min', 'admin');
    const gone = await lab.app.inject({
      method: 'DELETE',
      url: `/api/v1/users/${userId}/identities/${digest}`,
      headers: {
        authorization: `Basic ${Buffer.from('ad.min:the password of ad.min').toString('base64')}`,
        'x-custody-reason': 'a mistake',
      },
    });
    expect(gone.statusCode).toBe(200);
    expect((await get('/api/v1/users/me', session)).status).toBe(401);
    const again = await begin('kim');
    await expectRefused(await get(again.path, again.cookie), 'identity-unlinked');
  });
});

async function linkOf(session: string): Promise<[string, string]> {
  const { user_id } = JSON.parse((await get('/api/v1/sessions/current', session)).text) as { user_id: string };
  const link = (await lab.events('IdentityLinked')).find(({ data }) => data['userId'] === user_id)!;
  return [user_id, link.data['digest'] as string];
}

describe('nobody is signed in', () => {
  it('by a code that was used already', async () => {
    const { cookie, path } = await begin('re.viewer');
    expect((await get(path, cookie)).status).toBe(200);
    await expectRefused(await get(path, cookie), 'oidc-replayed');
  });

  it('by another sign-in’s code, which the verifier of PKCE does not fit', async () => {
    const [mine, theirs] = [await begin('re.viewer'), await begin('re.viewer')];
    const url = new URL(mine.path, REDIRECT);
    url.searchParams.set('code', new URL(theirs.path, REDIRECT).searchParams.get('code')!);
    await expectRefused(await get(pathOf(url.href), mine.cookie), 'oidc-code');
  });

  it('in another browser than the one that began', async () => {
    const [mine, theirs] = [await begin('re.viewer'), await begin('re.viewer')];
    await expectRefused(await get(theirs.path), 'oidc-not-begun');
    await expectRefused(await get(theirs.path, mine.cookie), 'oidc-state');
  });

  it('by an ID token of another sign-in: its nonce is not ours', async () => {
    const started = await get('/api/v1/oidc/login');
    const url = new URL(started.location!);
    url.searchParams.set('nonce', 'a nonce of somebody else');
    const back = await new ProviderBrowser().signIn(url.href, REDIRECT, 're.viewer');
    const cookie = `custody_oidc=${started.cookies.get('custody_oidc')}`;
    await expectRefused(await get(pathOf(back), cookie), 'oidc-answer');
  });

  it('who said no at the provider', async () => {
    const { cookie, path } = await begin('re.viewer', { cancel: true });
    await expectRefused(await get(path, cookie), 'oidc-refused');
  });

  it('by a provider that names itself otherwise', async () => {
    const { cookie, path } = await begin('re.viewer');
    const url = new URL(path, REDIRECT);
    url.searchParams.set('iss', 'https://id.evil.example');
    await expectRefused(await get(pathOf(url.href), cookie), 'oidc-answer');
  });

  it.each([
    ['no code', (url: URL) => url.searchParams.delete('code')],
    ['an empty code', (url: URL) => url.searchParams.set('code', '')],
    ['two codes', (url: URL) => url.searchParams.append('code', 'x')],
    ['two states', (url: URL) => url.searchParams.append('state', 'x')],
    ['an error beside the code', (url: URL) => url.searchParams.set('error', 'x')],
    ['a token in place of the code', (url: URL) => url.searchParams.set('id_token', 'x.y.z')],
    ['a response', (url: URL) => url.searchParams.set('response', 'x.y.z')],
  ])('by an answer with %s', async (_, change) => {
    const { cookie, path } = await begin('re.viewer');
    const url = new URL(path, REDIRECT);
    change(url);
    const answer = await get(pathOf(url.href), cookie);
    expect([answer.status, answer.cookies.has('custody_session')]).toEqual([401, false]);
  });

  it('after ten minutes, or by a cookie that was made up or changed', async () => {
    const { cookie, path } = await begin('re.viewer');
    for (const odd of [cookie.slice(0, -2), `${cookie}; ${cookie}`, 'custody_oidc=', 'custody_oidc=v1.AAAA.BBBB'])
      await expectRefused(await get(path, odd), 'oidc-not-begun');
    lab.clock.advance(601e6);
    await expectRefused(await get(path, cookie), 'oidc-not-begun');
    lab.clock.advance(-601e6);
    expect((await get(path, cookie)).status).toBe(200);
  });

  it('while the provider is away: that is said, and they begin again', async () => {
    const { cookie, path } = await begin('re.viewer');
    provider.away();
    const answer = await get(path, cookie);
    provider.serve();
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      503,
      expect.objectContaining({ code: 'provider-unavailable' }),
    ]);
  });

  it('where there is no client for it', async () => {
    const plain = await IdentityLab.start();
    for (const path of ['login', 'callback?code=x&state=y']) {
      const answer = await plain.app.inject({ method: 'GET', url: `/api/v1/oidc/${path}` });
      expect([answer.statusCode, answer.json()]).toEqual([404, expect.objectContaining({ code: 'oidc-off' })]);
    }
    await plain.stop();
  });
});

describe('where a browser goes afterwards', () => {
  it('is no longer than an address may be', async () => {
    expect((await get(`/api/v1/oidc/login?return_to=/${'x'.repeat(2000)}`)).status).toBe(400);
    expect((await get(`/api/v1/oidc/login?return_to=/${'x'.repeat(1999)}`)).status).toBe(302);
  });

  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n//evil.example',
    ' /runs',
    'runs',
    'javascript:alert(1)',
    '/..//evil.example',
  ])('is never %j', async (path) => {
    const answer = await get(`/api/v1/oidc/login?return_to=${encodeURIComponent(path)}`);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      400,
      expect.objectContaining({ code: 'return-to-invalid', field: 'return_to' }),
    ]);
  });
});
