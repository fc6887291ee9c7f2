import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { account, freshServer, Http, Proc } from '../support/custody.js';

const STEP_MS = 30_000;
const password = (login: string) => `a password of ${login}, long enough`;

let custody: Awaited<ReturnType<typeof freshServer>>;
/** On the same folder: what one refuses the other must not let in. */
let twin: Proc;
let twinUrl: string;

beforeAll(async () => {
  custody = await freshServer();
  twin = Proc.start(['serve', '--port', '0', '--data', custody.data], { CUSTODY_TRUSTED_PROXIES: '127.0.0.1' });
  twinUrl = (await twin.ready()).url;
}, 120_000);
afterAll(async () => {
  await twin?.stop();
  await custody?.end();
});

interface Started {
  readonly session_id: string;
  readonly csrf_token: string;
}

/** A page in a browser: the cookie goes along by itself, the token because the page adds it. */
class Page {
  cookie = '';
  csrf = '';
  constructor(readonly http: Http) {}

  async signIn(login: string, more: object = {}, headers: Readonly<Record<string, string>> = {}) {
    const answer = await this.send<Started>(
      'POST',
      '/api/v1/sessions',
      { login, password: password(login), ...more },
      headers,
    );
    if (answer.status === 201) this.csrf = answer.body.csrf_token;
    return answer;
  }

  async send<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ) {
    const own = { ...(this.cookie && { cookie: this.cookie }), ...(this.csrf && { 'x-custody-csrf': this.csrf }) };
    const answer = await this.http.send<T>(method, path, body, { ...own, ...headers });
    const set = answer.headers.get('set-cookie');
    if (set !== null) this.cookie = set.split(';')[0]!;
    return answer;
  }
}

const open = (url = custody.url) => new Page(new Http(url));
/** The same browser at the other server. */
const atTwin = ({ cookie, csrf }: Page) => Object.assign(open(twinUrl), { cookie, csrf });
const signedIn = async (login: string, more: object = {}) => {
  const page = open();
  const { status, body } = await page.signIn(login, more);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return page;
};
const me = (page: Page) => page.send('GET', '/api/v1/users/me');
const makeAccount = (login: string, ...roles: string[]) => account(custody.admin, login, roles);

describe('a browser session over HTTP', () => {
  beforeAll(() => makeAccount('ses.sion', 'analyst'), 60_000);

  it('serves at every server of the installation, writes with its token, and is nothing without', async () => {
    const page = await signedIn('ses.sion');
    expect((await me(atTwin(page))).body).toMatchObject({ login: 'ses.sion', via: 'session' });
    const made = await page.send('POST', '/api/2.0/mlflow/experiments/create', { name: 'by session' });
    expect(made.status).toBe(200);
    const forged = await page.send(
      'POST',
      '/api/2.0/mlflow/experiments/create',
      { name: 'forged' },
      { 'x-custody-csrf': '' },
    );
    expect(forged).toMatchObject({ status: 403, body: { error_code: 'PERMISSION_DENIED' } });
  });

  it('is not written by a form of another site, which sends no JSON and no token', async () => {
    const page = await signedIn('ses.sion');
    const form = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-custody-csrf': '',
      origin: 'https://evil.example',
    };
    const sent = await page.send('POST', '/api/v1/tokens', 'label=stolen', form);
    expect([401, 403, 415]).toContain(sent.status);
    const json = { 'content-type': 'application/json', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await page.send('POST', '/api/v1/tokens', JSON.stringify({ label: 'stolen' }), json)).status).toBe(403);
    expect((await page.send('GET', '/api/v1/tokens')).body).toEqual({ tokens: [] });
  });

  it('is over at every server once somebody signs out, for a thief too', async () => {
    const page = await signedIn('ses.sion');
    const thief = atTwin(page);
    expect((await me(thief)).status).toBe(200);
    expect((await page.send('DELETE', '/api/v1/sessions/current')).status).toBe(200);
    const refused = await me(thief);
    expect(refused).toMatchObject({ status: 401, body: { code: 'session-over' } });
    expect((await thief.send('POST', '/api/v1/tokens', { label: 'mine' })).status).toBe(401);
  });

  it('is never one that somebody else chose', async () => {
    const chosen = `custody_session=${'B'.repeat(43)}`;
    const victim = Object.assign(open(), { cookie: chosen });
    await victim.signIn('ses.sion');
    expect(victim.cookie).not.toBe(chosen);
    expect((await me(Object.assign(open(), { cookie: chosen }))).status).toBe(401);
    expect((await me(victim)).status).toBe(200);
  });

  it('has a cookie for https where a trusted proxy says that the browser came by https', async () => {
    const proxied = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'lab.example', origin: 'https://lab.example' };
    const { headers, status } = await open(twinUrl).signIn('ses.sion', {}, proxied);
    expect(status).toBe(201);
    expect(headers.get('set-cookie')).toMatch(
      /^__Host-custody_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
  });

  it('believes nobody else who says so', async () => {
    const { headers } = await open().signIn('ses.sion', {}, { 'x-forwarded-proto': 'https' });
    expect(headers.get('set-cookie')).toMatch(/^custody_session=/);
    const elsewhere = { 'x-forwarded-host': 'evil.example', origin: 'https://evil.example' };
    expect(await open().signIn('ses.sion', {}, elsewhere)).toMatchObject({
      status: 403,
      body: { code: 'cross-site-request' },
    });
  });

  it('ends with a change of the password, made at another server', async () => {
    const http = await makeAccount('chan.ge', 'viewer');
    const page = await signedIn('chan.ge');
    const next = 'something else entirely, and long';
    const changed = await new Http(twinUrl, 'chan.ge', http.password).post('/api/v1/users/me/password', {
      current: http.password,
      new: next,
    });
    expect(changed.status).toBe(200);
    expect((await me(page)).status).toBe(401);
  });

  it('refuses bad sign-ins with the field, and cookies of any shape without failing', async () => {
    for (const body of [{}, { login: 'a' }, { login: 'a', password: 'b', extra: 1 }, { login: {}, password: [] }])
      expect((await open().send('POST', '/api/v1/sessions', body)).status).toBe(400);
    // What can't be read at all is refused as on every path: to nobody in particular.
    const unread = await open().send('POST', '/api/v1/sessions', '{', { 'content-type': 'application/json' });
    expect(unread.status).toBe(401);
    for (const cookie of [
      'custody_session',
      'custody_session=',
      'custody_session="x"',
      `custody_session=${'x'.repeat(4000)}`,
      '=;=;',
    ])
      expect((await me(Object.assign(open(), { cookie }))).status).toBe(401);
  });

  it('does not have the browser ask for a password over the page’s own sign-in', async () => {
    const page = await open().send('GET', '/api/v1/users/me', undefined, {
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'cors',
    });
    expect(page.headers.get('www-authenticate')).toBe('Bearer realm="custody"');
    expect((await open().send('GET', '/api/v1/users/me')).headers.get('www-authenticate')).toContain('Basic');
  });
});

describe('one-time codes over HTTP', () => {
  const codeAt = (secret: string, steps = 0) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * STEP_MS });

  const enrolled = async (login: string) => {
    const http = await makeAccount(login, 'analyst');
    const page = await signedIn(login);
    const { body } = await page.send<{ secret: string }>('POST', '/api/v1/users/me/second-factor');
    // The step before: so that this one and the next are still good, however slow the test is.
    const confirmed = await page.send<{ recovery_codes: string[] }>('POST', '/api/v1/users/me/second-factor/confirm', {
      code: codeAt(body.secret, -1),
    });
    expect(confirmed.status).toBe(200);
    return { http, secret: body.secret, recovery: confirmed.body.recovery_codes };
  };

  it('are good once at all servers together, by session and with Basic', async () => {
    const { http, secret } = await enrolled('co.de');
    const code = codeAt(secret, 1);
    const [one, other] = await Promise.all([open().signIn('co.de', { code }), open(twinUrl).signIn('co.de', { code })]);
    expect([one.status, other.status].sort()).toEqual([201, 401]);
    for (const url of [custody.url, twinUrl]) {
      const again = await new Http(url, 'co.de', http.password).get('/api/v1/users/me', { 'x-custody-code': code });
      expect(again).toMatchObject({ status: 401, body: { code: 'invalid-code' } });
    }
    expect(await http.get('/api/v1/users/me')).toMatchObject({ status: 401, body: { code: 'second-factor-required' } });
  });

  it('of another time are refused, and recovery codes are good once at all servers together', async () => {
    const { secret, recovery } = await enrolled('re.covery');
    for (const far of [-20, 20])
      expect((await open().signIn('re.covery', { code: codeAt(secret, far) })).status).toBe(401);
    const code = recovery[3]!;
    expect((await open().signIn('re.covery', { code })).status).toBe(201);
    expect((await open(twinUrl).signIn('re.covery', { code })).status).toBe(401);
    expect((await open(twinUrl).signIn('re.covery', { code: recovery[4]! })).status).toBe(201);
  });
});
