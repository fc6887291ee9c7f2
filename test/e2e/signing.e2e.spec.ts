import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { account, freshServer, Http, Proc } from '../support/custody.js';

/* Two servers on one folder: what one of them has counted, used up or locked holds at the other. */

const STEP_MS = 30_000;
const ACCEPTANCE = '/api/v1/users/me/signature-acceptance';
const password = (login: string) => `a password of ${login}, long enough`;

let custody: Awaited<ReturnType<typeof freshServer>>;
let twin: Proc;
let twinUrl: string;

beforeAll(async () => {
  custody = await freshServer();
  twin = Proc.start(['serve', '--port', '0', '--data', custody.data]);
  twinUrl = (await twin.ready()).url;
}, 120_000);
afterAll(async () => {
  await twin?.stop();
  await custody?.end();
});

interface Acceptance {
  readonly version: number;
  readonly digest: string;
  readonly text: string;
  readonly accepted: boolean;
  readonly signing: { readonly password: boolean; readonly code: boolean; readonly oidc: boolean };
}
interface Trail {
  readonly events: readonly { readonly outcome: string }[];
}
interface Alerts {
  readonly alerts: readonly { readonly alert: string; readonly user?: { readonly id: string } }[];
}

/** Somebody with a token, whose password is shown in bodies alone. */
async function person(login: string): Promise<{ here: Http; there: Http; id: string }> {
  const basic = await account(custody.admin, login, ['reviewer']);
  const { body } = await basic.post<{ token: string }>('/api/v1/tokens', { label: 'page' });
  const by = (url: string) => new Bearer(url, body.token);
  const me = await basic.get<{ user_id: string }>('/api/v1/users/me');
  return { here: by(custody.url), there: by(twinUrl), id: me.body.user_id };
}

class Bearer extends Http {
  constructor(
    url: string,
    private readonly token: string,
  ) {
    super(url);
  }
  override send<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ) {
    return super.send<T>(method, path, body, { authorization: `Bearer ${this.token}`, ...headers });
  }
}

const alertsOf = async (id: string) => {
  const { body } = await custody.admin.get<Alerts>('/api/v1/audit/alerts');
  return body.alerts.filter(({ user }) => user?.id === id).map(({ alert }) => alert);
};

describe('what a signature takes', () => {
  it('is accepted first, with the password, by a person who has read the text', async () => {
    const { here, there } = await person('acc.epts');
    const shown = await here.get<Acceptance>(ACCEPTANCE);
    expect(shown.body).toMatchObject({ accepted: false, signing: { password: true, code: false, oidc: false } });
    const { version } = shown.body;
    const refused = await here.post(ACCEPTANCE, { version });
    expect(refused.status).toBe(403);
    expect(JSON.stringify(refused.body)).toContain('signature-refused');
    expect((await here.post(ACCEPTANCE, { version, password: password('acc.epts') })).status).toBe(200);
    expect((await there.get<Acceptance>(ACCEPTANCE)).body.accepted).toBe(true);
  });

  it('is an alert at the first wrong try, and a lock at the fifth, on all servers together', async () => {
    const { here, there, id } = await person('guess.ed');
    const wrong = (at: Http) => at.post(ACCEPTANCE, { version: 1, password: 'not this one' });
    expect((await wrong(here)).status).toBe(403);
    expect(await alertsOf(id)).toEqual(['signing-failed']);
    for (const at of [there, here, there, here]) expect((await wrong(at)).status).toBe(403);
    expect((await alertsOf(id)).filter((alert) => alert === 'sign-in-locked')).toHaveLength(1);
    const right = { version: 1, password: password('guess.ed') };
    for (const at of [here, there]) expect((await at.post(ACCEPTANCE, right)).status).toBe(403);
    const signIn = await new Http(twinUrl).post('/api/v1/sessions', {
      login: 'guess.ed',
      password: password('guess.ed'),
    });
    expect(signIn.status).toBe(401);
    const trail = await custody.admin.get<Trail>(`/api/v1/audit/events?action=SigningFailed&analyst=${id}`);
    expect(trail.body.events.map(({ outcome }) => outcome)).toEqual(Array<string>(7).fill('denied'));
  });

  it('is a code that one server alone takes, whatever comes at once', async () => {
    const login = 'co.des';
    const { here, there } = await person(login);
    const basic = new Http(custody.url, login, password(login));
    const { body } = await basic.post<{ secret: string }>('/api/v1/users/me/second-factor', {});
    const code = (steps = 0) =>
      new TOTP({ secret: Secret.fromBase32(body.secret) }).generate({ timestamp: Date.now() + steps * STEP_MS });
    expect((await basic.post('/api/v1/users/me/second-factor/confirm', { code: code() })).status).toBe(200);
    const given = { version: 1, password: password(login), code: code(1) };
    const tried = await Promise.all([here, there, here].map((at) => at.post(ACCEPTANCE, given)));
    expect(tried.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
  });

  it('shows a register that begins empty, to everybody who may look, and to nobody else', async () => {
    const { here } = await person('loo.ks');
    expect((await here.get('/api/v1/signatures')).body).toMatchObject({ signatures: [] });
    expect((await here.get('/api/v1/signatures/sg-01890a5d-ac96-774b-bcce-b302099a0000')).status).toBe(404);
    expect((await new Http(custody.url).get('/api/v1/signatures')).status).toBe(401);
  });
});
