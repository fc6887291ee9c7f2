import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Micros, toIso, UserId } from '../../core/index.js';
import { ChangePassword, ChangeRoles, DisableUser, ResetPassword } from '../index.js';
import { basic } from '../testing/fake-request.js';
import { IdentityLab } from '../testing/identity-lab.js';
import { openBrowser } from '../testing/browser.js';

const PASSWORD = 'a long enough password';
const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;

describe('a browser session', () => {
  let lab: IdentityLab;
  let ada: UserId;
  beforeEach(async () => {
    lab = await IdentityLab.start();
    ada = await lab.person('ada', PASSWORD, 'analyst');
  });
  afterEach(() => lab.stop());

  const browser = () => openBrowser(lab.app);
  const signedIn = async (login = 'ada', password = PASSWORD) => {
    const page = browser();
    const answer = await page.signIn({ login, password });
    expect(answer.status).toBe(201);
    return page;
  };
  const ends = async () => (await lab.events('SessionEnded')).map(({ data }) => data['why']);

  it('begins with login and password, and says who it is for', async () => {
    const page = browser();
    const answer = await page.signIn({ login: 'ADA', password: PASSWORD });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        user_id: ada,
        session_id: expect.stringMatching(/^s-/),
        csrf_token: expect.stringMatching(/^[\w-]{43}$/),
        expires_at: '2026-01-05T21:00:00.000000Z',
        must_change_password: false,
      },
    });
    expect(answer.setCookie).toMatch(/^custody_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await page.get('users/me')).body).toMatchObject({ user_id: ada, login: 'ada', via: 'session' });
    const [event] = await lab.events('SessionStarted');
    expect(event).toMatchObject({
      stream: `user-${ada}`,
      actor: { id: ada, via: 'password' },
      data: { how: 'password' },
    });
    expect(JSON.stringify(await lab.events())).not.toContain(page.cookie!.split('=')[1]);
    expect(await lab.events('SignedIn')).toHaveLength(1);
  });

  it('is not begun with what is wrong, whatever that is', async () => {
    const answers = [];
    for (const given of [
      { login: 'ada', password: 'not her password' },
      { login: 'nobody-here', password: PASSWORD },
    ]) {
      const { status, body, setCookie } = await browser().signIn(given);
      answers.push({ status, body, setCookie });
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'invalid-credentials' }, setCookie: undefined });
    const trail = await lab.events('SignInFailed');
    expect(trail.map(({ data }) => [data['method'], data['why']])).toEqual([
      ['form', 'wrong-password'],
      ['form', 'unknown-login'],
    ]);
    for (const bad of [{}, { login: 'ada' }, { login: 5, password: PASSWORD }, { login: '', password: '' }])
      expect((await browser().post('sessions', bad)).status).toBe(400);
    expect(await lab.events('SessionStarted')).toEqual([]);
  });

  it('is not begun for a disabled account, or while sign-in is locked', async () => {
    const right = { login: 'ada', password: PASSWORD };
    for (let n = 0; n < 5; n++) await browser().signIn({ login: 'ada', password: `wrong ${n}` });
    expect(await lab.events('SignInLocked')).toHaveLength(1);
    expect((await browser().signIn(right)).status).toBe(401);
    lab.clock.advance(MINUTE);
    expect((await browser().signIn(right)).status).toBe(201);
    await lab.commands.execute(new DisableUser(lab.system(), { userId: ada }));
    expect((await browser().signIn(right)).body).toMatchObject({ code: 'invalid-credentials' });
  });

  it('is not begun by a page of another site', async () => {
    const page = browser();
    const elsewhere: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of elsewhere) {
      const answer = await page.signIn({ login: 'ada', password: PASSWORD }, headers);
      expect(answer).toMatchObject({ status: 403, body: { code: 'cross-site-request' }, setCookie: undefined });
    }
    expect(await lab.events('AccessDenied')).toHaveLength(2);
  });

  it('is a new one at each sign-in, never one that the browser brought along', async () => {
    const page = browser();
    page.cookie = `custody_session=${'A'.repeat(43)}`;
    await page.signIn({ login: 'ada', password: PASSWORD });
    const first = page.cookie;
    expect(first).not.toContain('AAAA');
    await page.signIn({ login: 'ada', password: PASSWORD });
    expect(page.cookie).not.toBe(first);
    expect(await ends()).toEqual(['signed-out']);
    const thief = browser();
    thief.cookie = first;
    expect((await thief.get('users/me')).status).toBe(401);
  });

  it('changes nothing without its own token against forged requests', async () => {
    const [mine, other] = [await signedIn(), await signedIn()];
    const write = (headers: Record<string, string>) => mine.send('POST', 'tokens', { label: 'mine' }, headers);
    const forgeries: Record<string, string>[] = [
      { 'x-custody-csrf': '' },
      { 'x-custody-csrf': other.csrf! },
      { 'x-custody-csrf': mine.csrf!, origin: 'https://evil.example' },
      { 'x-custody-csrf': mine.csrf!, 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of forgeries)
      expect(await write(headers)).toMatchObject({ status: 403, body: { code: 'cross-site-request' } });
    expect((await lab.events('AccessDenied')).map(({ actor }) => actor.id)).toEqual([ada, ada, ada, ada]);
    expect((await write({})).status).toBe(201);
    const { body } = await mine.get('sessions/current');
    expect(body).toMatchObject({ csrf_token: mine.csrf, user_id: ada });
  });

  it('is over when somebody signs out, also for whoever stole the cookie', async () => {
    const page = await signedIn();
    const { cookie } = page;
    const out = await page.delete('sessions/current');
    expect(out).toMatchObject({ status: 200, body: { signed_out: true } });
    expect(out.setCookie).toContain('Max-Age=0');
    page.cookie = cookie;
    expect(await page.get('users/me')).toMatchObject({ status: 401, body: { code: 'session-over' } });
    expect((await lab.events('SignInFailed')).at(-1)?.data).toMatchObject({
      method: 'session',
      why: 'ended-session',
      userId: ada,
    });
    expect((await page.delete('sessions/current')).status).toBe(401);
  });

  it('that nobody started, cut or made up, is nobody', async () => {
    const { cookie } = await signedIn();
    const page = browser();
    for (const forgery of [
      cookie!.slice(0, -1),
      `${cookie!.slice(0, -4)}AAAA`,
      'custody_session=',
      `${cookie}; ${cookie}`,
    ]) {
      page.cookie = forgery;
      expect((await page.get('users/me')).status).toBe(401);
    }
    expect(new Set((await lab.events('SignInFailed')).map(({ data }) => data['why']))).toEqual(
      new Set(['malformed', 'unknown-session']),
    );
  });

  it('is over when it is not used for half an hour, and goes on while it is', async () => {
    const page = await signedIn();
    for (let n = 0; n < 4; n++) {
      lab.clock.advance(28 * MINUTE);
      expect((await page.get('users/me')).status).toBe(200);
    }
    lab.clock.advance(30 * MINUTE);
    expect((await page.get('users/me')).status).toBe(401);
    expect((await page.get('users/me')).status).toBe(401);
    expect(await ends()).toEqual(['expired']);
    expect((await lab.events('SignInFailed')).map(({ data }) => data['why'])).toEqual([
      'expired-session',
      'ended-session',
    ]);
  });

  it('is over after twelve hours, however much it is used', async () => {
    const page = await signedIn();
    for (let n = 0; n < 47; n++) {
      lab.clock.advance(15 * MINUTE);
      expect((await page.get('users/me')).status).toBe(200);
    }
    lab.clock.advance(15 * MINUTE - 1);
    expect((await page.get('users/me')).status).toBe(200);
    lab.clock.advance(1);
    expect((await page.get('users/me')).status).toBe(401);
    expect(await ends()).toEqual(['expired']);
  });

  it('lasts as long as the settings say', async () => {
    await lab.stop();
    lab = await IdentityLab.start({ sessionPolicy: { idleMinutes: 1, maxHours: 1 } });
    ada = await lab.person('ada', PASSWORD);
    const page = await signedIn();
    lab.clock.advance(MINUTE - 1);
    expect((await page.get('users/me')).status).toBe(200);
    lab.clock.advance(MINUTE);
    expect((await page.get('users/me')).status).toBe(401);
    expect((await browser().signIn({ login: 'ada', password: PASSWORD })).body).toMatchObject({
      expires_at: toIso((lab.clock.now() + HOUR) as Micros),
    });
  });

  it('ends at once when the account is disabled', async () => {
    const page = await signedIn();
    await lab.commands.execute(new DisableUser(lab.system(), { userId: ada }));
    expect((await page.get('users/me')).status).toBe(401);
    expect(await ends()).toEqual(['user-disabled']);
  });

  it('ends at once when the password is changed or reset', async () => {
    const pages = [await signedIn(), await signedIn()];
    await lab.commands.execute(new ChangePassword(lab.as(ada), { current: PASSWORD, next: `${PASSWORD} 2` }));
    for (const page of pages) expect((await page.get('users/me')).status).toBe(401);
    const page = await signedIn('ada', `${PASSWORD} 2`);
    const { oneTimePassword } = await lab.commands.execute(new ResetPassword(lab.system(), { userId: ada }));
    expect((await page.get('users/me')).status).toBe(401);
    expect(await ends()).toEqual(['password-changed', 'password-changed', 'password-changed']);
    const once = browser();
    expect((await once.signIn({ login: 'ada', password: oneTimePassword })).body).toMatchObject({
      must_change_password: true,
    });
    expect(await once.get('users/me')).toMatchObject({ status: 403, body: { code: 'password-change-required' } });
    expect((await once.get('sessions/current')).status).toBe(200);
    const changed = await once.post('users/me/password', { current: oneTimePassword, new: `${PASSWORD} 3` });
    expect(changed.status).toBe(200);
    expect((await once.get('users/me')).status).toBe(401);
  });

  it('has the rights that the account has now', async () => {
    const page = await signedIn();
    await lab.commands.execute(new ChangeRoles(lab.system(), { userId: ada, roles: ['auditor'] }));
    await lab.catchUp();
    expect((await page.get('users')).status).toBe(200);
    await lab.commands.execute(new ChangeRoles(lab.system(), { userId: ada, roles: [] }));
    expect((await page.get('users')).status).toBe(403);
  });

  it('gives way to what a client sends on purpose', async () => {
    const page = await signedIn();
    const bob = await lab.person('bob', PASSWORD);
    const answer = await page.send('GET', 'users/me', undefined, { authorization: basic('bob', PASSWORD) });
    expect(answer.body).toMatchObject({ user_id: bob, via: 'password' });
  });

  describe('in the list', () => {
    it('is seen by its owner with where it is used from, and by administrators without', async () => {
      const page = await signedIn();
      lab.clock.advance(5 * MINUTE);
      const other = await signedIn();
      const { body } = await page.get('sessions');
      expect(body['sessions']).toMatchObject([
        { current: false, started_at: '2026-01-05T09:05:00.000000Z' },
        {
          current: true,
          how: 'password',
          started_at: '2026-01-05T09:00:00.000000Z',
          last_used_at: '2026-01-05T09:05:00.000000Z',
          client: { ip: '198.51.100.23', user_agent: 'Lab-Browser/9.9' },
        },
      ]);
      await lab.person('root', PASSWORD, 'admin');
      const admin = await signedIn('root');
      const seen = await admin.get(`sessions?user_id=${ada}`);
      expect(seen.body['sessions']).toHaveLength(2);
      expect(JSON.stringify(seen.body)).not.toContain('198.51.100.23');
      expect((await admin.get('sessions?user_id=nonsense')).status).toBe(404);
      expect((await other.get('sessions')).body['sessions']).toHaveLength(2);
    });

    it('can be revoked by its owner and by administrators, and by nobody else', async () => {
      const [page, other] = [await signedIn(), await signedIn()];
      const bob = await lab.person('bob', PASSWORD, 'analyst').then(() => signedIn('bob'));
      const [newest, oldest] = (await page.get('sessions')).body['sessions'] as { session_id: string }[];
      expect(await bob.delete(`sessions/${newest!.session_id}`)).toMatchObject({ status: 403 });
      expect(await bob.get(`sessions?user_id=${ada}`)).toMatchObject({ status: 403 });
      expect(await page.delete(`sessions/${newest!.session_id}`)).toMatchObject({ status: 200 });
      expect((await other.get('users/me')).status).toBe(401);
      await lab.person('root', PASSWORD, 'admin');
      const admin = await signedIn('root');
      const revoked = await admin.delete(`sessions/${oldest!.session_id}`, { reason: 'lost laptop' });
      expect(revoked).toMatchObject({ status: 200, body: { revoked: true } });
      expect((await page.get('users/me')).status).toBe(401);
      expect((await lab.events('SessionEnded')).map(({ data, reason }) => [data['why'], reason])).toEqual([
        ['revoked', undefined],
        ['revoked', 'lost laptop'],
      ]);
      expect((await admin.delete(`sessions/s-none`)).status).toBe(404);
    });
  });
});

describe('an open server', () => {
  it('has nobody to sign in', async () => {
    const lab = await IdentityLab.start({ open: true });
    const page = openBrowser(lab.app);
    expect(await page.signIn({ login: 'ada', password: PASSWORD })).toMatchObject({
      status: 409,
      body: { code: 'open-server' },
    });
    await lab.stop();
  });
});
