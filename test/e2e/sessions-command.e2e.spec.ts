import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { signatory } from '../support/approvals.js';
import { account, custody, freshServer, Http } from '../support/custody.js';

const STEP_MS = 30_000;

describe('custody session, --code and custody break-glass', () => {
  let server: Awaited<ReturnType<typeof freshServer>>;
  let url: Readonly<Record<string, string>>;
  let admin: Readonly<Record<string, string>>;
  beforeAll(async () => {
    server = await freshServer();
    url = { CUSTODY_URL: server.url };
    admin = as(server.admin);
  });
  afterAll(() => server.end());

  const as = ({ login = '', password = '' }: Http) => ({
    CUSTODY_URL: server.url,
    CUSTODY_USERNAME: login,
    CUSTODY_PASSWORD: password,
  });
  const json = <T>(out: string): readonly T[] =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as T);
  const signIn = ({ login, password }: Http) =>
    new Http(server.url).send<{ session_id: string }>('POST', '/api/v1/sessions', { login, password });

  it('lists who is signed in, and ends a session at once', async () => {
    const ana = await account(server.admin, 'ana.lyst', ['analyst']);
    expect((await custody(['session', 'list'], as(ana))).out).toBe('there are no sessions\n');
    const { body, headers } = await signIn(ana);
    const cookie = headers.get('set-cookie')!.split(';')[0]!;
    const page = (path: string) => new Http(server.url).send('GET', path, undefined, { cookie });
    expect((await page('/api/v1/users/me')).status).toBe(200);

    const { out } = await custody(['session', 'list'], as(ana));
    expect(out).toMatch(/^id +signed in by +since \(UTC\) +last used \(UTC\) +until at most \(UTC\) +from +with\n/);
    expect(out).toContain('127.0.0.1');
    const [seen] = json<{ session_id: string }>(
      (await custody(['session', 'list', '--user', 'ana.lyst', '--json'], admin)).out,
    );
    expect(seen).toMatchObject({ session_id: body.session_id });
    expect(seen).not.toHaveProperty('client');

    const ended = await custody(['session', 'revoke', body.session_id, '--reason', 'screen left alone'], admin);
    expect(ended).toMatchObject({ code: 0, out: `${body.session_id} is ended\n` });
    expect((await page('/api/v1/users/me')).status).toBe(401);
    const again = await custody(['session', 'revoke', 's-nonsense'], admin);
    expect(again.code).toBe(65);
    expect(again.err).toMatch(/^custody: .*session/);
  });

  it('lets somebody in with a code, for the time of the command', async () => {
    const kim = await account(server.admin, 'kim', ['viewer']);
    const { body: offered } = await kim.post<{ secret: string }>('/api/v1/users/me/second-factor', {});
    const totp = new TOTP({ secret: Secret.fromBase32(offered.secret) });
    let step = Math.floor(Date.now() / STEP_MS);
    const code = () => totp.generate({ timestamp: step++ * STEP_MS });
    const { body: enrolled } = await kim.post<{ recovery_codes: readonly string[] }>(
      '/api/v1/users/me/second-factor/confirm',
      { code: code() },
    );

    const without = await custody(['token', 'list'], as(kim));
    expect(without.code).not.toBe(0);
    expect(without.err).toContain('--code');
    // Two requests and more, with one code.
    const used = code();
    expect(await custody(['token', 'create', 'laptop', '--user', 'kim', '--code', used], as(kim))).toMatchObject({
      code: 65,
    });
    expect((await custody(['token', 'list', '--code', used], as(kim))).err).toContain('--code');
    const made = await custody(['token', 'create', 'laptop', '--code', enrolled.recovery_codes[0]!], as(kim));
    expect(made).toMatchObject({ code: 0 });
    const withToken = { ...url, CUSTODY_TOKEN: made.out.trim() };
    expect((await custody(['token', 'list'], withToken)).out).toContain('laptop');
    // The command has signed out behind itself.
    expect((await custody(['session', 'list'], withToken)).out).toBe('there are no sessions\n');
    expect((await custody(['token', 'list', '--code', '123456'], withToken)).err).toContain('--username');

    const reset = await custody(['user', 'reset-second-factor', 'kim', '--reason', 'lost the telephone'], admin);
    expect(reset).toMatchObject({ code: 0, out: 'kim has no second factor now\n' });
    expect((await custody(['token', 'list'], as(kim))).code).toBe(0);
  });

  it('takes a role in need, and has it signed off by somebody else', async () => {
    const lee = await signatory(server.admin, 'lee', ['analyst']);
    const use = () =>
      custody(['break-glass', 'use', 'reviewer', '--minutes', '5', '--reason', 'plant stands still'], as(lee));
    expect((await use()).code).toBe(65);
    const allowed = await custody(['break-glass', 'allow', 'lee', '--reason', 'on call'], admin);
    expect(allowed).toMatchObject({ code: 0, out: 'lee may take a role in need\n' });
    const taken = await use();
    expect(taken.out).toMatch(/^you are reviewer until .*it will be reviewed \(bg-/);
    const id = /bg-[0-9a-f-]{36}/.exec(taken.out)![0];

    const overdue = await custody(['break-glass', 'reviews', '--overdue'], admin);
    expect(overdue.out).toMatch(new RegExp(`^${id} .*plant stands still +overdue`, 'm'));
    const aud = await signatory(server.admin, 'aud', ['auditor']);
    const signOff = (who: Http) =>
      custody(
        ['break-glass', 'sign-off', id, 'justified', 'saw the plant', '--sign-stdin'],
        as(who),
        `${who.password}\n`,
      );
    expect((await signOff(lee)).code).toBe(65);
    expect((await custody(['approvals', 'list'], as(aud))).out).toMatch(/took the role reviewer in need +overdue/);
    const signed = await signOff(aud);
    expect(signed).toMatchObject({ code: 0, err: '' });
    expect(signed.out).toContain('plant stands still');
    expect(signed.out).toMatch(new RegExp(`${id} is signed off as justified\n$`));
    expect((await custody(['approvals', 'list'], as(aud))).out).toBe('there are no such requests\n');
    expect((await custody(['break-glass', 'reviews', '--overdue'], admin)).out).toBe('nobody took a role in need\n');
    expect((await custody(['break-glass', 'use', 'king', '--reason', 'x'], as(lee))).code).toBe(64);
    const back = await custody(['break-glass', 'forbid', 'lee', '--reason', 'not on call any more'], admin);
    expect(back.out).toBe('lee may no longer take a role in need\n');
  });
});
