import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { approval, signatory } from '../support/approvals.js';
import { account, custody, freshServer, Http } from '../support/custody.js';
import { withPython } from '../support/python.js';
import { atTerminal } from '../support/terminal.js';

const MLFLOW = '/api/2.0/mlflow';
const MODEL = 'lims_contamination_detector';
const STEP_MS = 30_000;

const POLICY = `custody_policy: 1
name: water
models: ["water_*"]
protects: { stages: [Production] }
approvals: { steps: [{ role: reviewer }] }
`;

describe('the command line for approvals', () => {
  let server: Awaited<ReturnType<typeof freshServer>>;
  let ana: Http;
  let rex: Http;
  let ria: Http;
  const folder = mkdtempSync(join(tmpdir(), 'custody-approvals-'));
  beforeAll(async () => {
    server = await freshServer([], { CUSTODY_PRODUCTION_APPROVALS: '1' });
    ana = await account(server.admin, 'ana', ['analyst']);
    rex = await signatory(server.admin, 'rex', ['reviewer']);
    ria = await signatory(server.admin, 'ria', ['reviewer']);
    await ana.post(`${MLFLOW}/registered-models/create`, { name: MODEL });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await server.end();
  });

  const as = ({ login = '', password = '' }: Http) => ({
    CUSTODY_URL: server.url,
    CUSTODY_USERNAME: login,
    CUSTODY_PASSWORD: password,
  });
  const run = (who: Http, ...args: string[]) => custody(args, as(who));
  const sign = (who: Http, request: string, ...more: string[]) =>
    custody(
      ['approvals', 'approve', request, '--reason', 'checked', '--sign-stdin', ...more],
      as(who),
      `${who.password}\n`,
    );
  const version = async () => {
    const { body } = await ana.post<{ model_version: { version: string } }>(`${MLFLOW}/model-versions/create`, {
      name: MODEL,
      source: 's3://bucket/model',
    });
    return body.model_version.version;
  };
  /** The number of the request that asking for Production opens. */
  const asked = async (number: string) => {
    const { body } = await ana.post<{ message: string }>(`${MLFLOW}/model-versions/transition-stage`, {
      name: MODEL,
      version: number,
      stage: 'Production',
      archive_existing_versions: true,
    });
    return /request (\d+) /.exec(body.message)![1]!;
  };

  it('says something about a request, and shows it', async () => {
    const request = await asked(await version());
    const said = await run(rex, 'approvals', 'comment', request, 'where does the drift of turbidity come from?');
    expect(said).toMatchObject({ code: 0, out: `said, at request ${request}\n` });
    expect((await run(ana, 'approvals', 'show', request)).out).toMatch(/^comment .*: where does the drift/m);
    expect((await run(rex, 'approvals', 'comment', '9999', 'x')).code).toBe(65);
    expect((await run(rex, 'approvals', 'comment', request)).code).toBe(64);
  });

  it('takes a request back, for whoever made it', async () => {
    const request = await asked(await version());
    const refused = await run(rex, 'approvals', 'withdraw', request);
    expect(refused).toMatchObject({ code: 65, err: expect.stringContaining('by whoever made it') });
    const taken = await run(ana, 'approvals', 'withdraw', request, '--reason', 'the wrong snapshot');
    expect(taken).toMatchObject({ code: 0, out: `request ${request} is withdrawn\n` });
    expect((await run(ana, 'approvals', 'list', '--state', 'withdrawn')).out).toMatch(new RegExp(`^${request} `, 'm'));
    expect((await sign(rex, request)).code).toBe(65);
  });

  it('rejects a request with a signature that says so, and the version stays where it is', async () => {
    const number = await version();
    const request = await asked(number);
    const reject = (password: string) =>
      custody(
        ['approvals', 'reject', request, '--reason', 'trained on the wrong snapshot', '--sign-stdin'],
        as(rex),
        `${password}\n`,
      );
    const wrong = await reject('a guess that is long');
    expect(wrong.code).toBe(65);
    expect((await approval(rex, request)).state).toBe('open');
    const done = await reject(rex.password!);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toMatch(new RegExp(`\\nsigned; request ${request} is rejected\\n$`));
    expect((await approval(ana, request)).decisions).toMatchObject([{ printed_name: 'rex', meaning: 'rejected' }]);
    const { body } = await ana.get<{ model_version: { current_stage: string } }>(
      `${MLFLOW}/model-versions/get?name=${MODEL}&version=${number}`,
    );
    expect(body.model_version.current_stage).toBe('None');
  });

  it('names the review that a rollback owes, and shows it as overdue until somebody else has signed it', async () => {
    for (const number of [await version(), await version()]) await sign(rex, await asked(number));
    const back = await run(rex, 'rollback', MODEL, '--reason', 'misses turbid samples');
    expect(back.code).toBe(0);
    const request = /request (\d+) \(custody approvals show/.exec(back.err)![1]!;
    expect((await run(ana, 'approvals', 'list')).out).toMatch(
      new RegExp(`^${request} +${MODEL} was rolled back to version \\d+ +overdue `, 'm'),
    );
    expect((await run(ria, 'approvals', 'list', '--to-decide')).out).toContain('was rolled back');
    expect((await sign(rex, request)).err).toContain('requested themselves');
    const done = await sign(ria, request, '--meaning', 'reviewed');
    expect(done.out).toMatch(/^state +overdue\n/m);
    expect(done.out).toMatch(/^takes +1 × reviewer or auditor\n/m);
    expect(done.out).toMatch(/signed; request \d+ is carried-out\n$/);
    expect((await run(ana, 'approvals', 'list')).out).not.toContain('was rolled back');
  });

  it('retires a policy by the approval of others, after which the policy guards nothing', async () => {
    const adi = await signatory(server.admin, 'adi', ['admin']);
    const file = join(folder, 'water.yaml');
    writeFileSync(file, POLICY);
    const requestIn = (out: string) => /up for approval: request (\d+)/.exec(out)![1]!;
    const published = requestIn((await run(rex, 'policy', 'publish', file, '--reason', 'the water project')).out);
    for (const who of [ria, adi]) expect((await sign(who, published)).code).toBe(0);
    expect((await run(ana, 'policy', 'list')).out).toMatch(/^water +published/m);

    writeFileSync(file, POLICY.replace('name: water', 'name: water\ndescription: turbid samples too'));
    const changed = requestIn((await run(rex, 'policy', 'publish', file, '--reason', 'said more')).out);
    const shown = (await run(ria, 'approvals', 'show', changed)).out;
    expect(shown).toMatch(/^asked .* by rex \(u-[0-9a-f-]{36}\)/m);
    expect(shown).toMatch(/^ {2}author +rex \(u-/m);
    expect((await run(ria, 'approvals', 'list', '--to-decide')).out).toMatch(/ open +\S+ \S+ +rex +/);
    expect(shown).toMatch(/^ {4}name: water\n {2}\+ description: turbid samples too\n/m);
    expect(shown).not.toContain('u000a');

    const retiring = await run(rex, 'policy', 'retire', 'water', '--reason', 'the project is over');
    expect(retiring).toMatchObject({ code: 0, err: '' });
    const request = requestIn(retiring.out);
    expect((await sign(rex, request)).code).toBe(65);
    expect((await sign(ria, request)).out).toMatch(/is open\n$/);
    expect((await run(ana, 'policy', 'list')).out).toMatch(/^water +published/m);
    expect((await sign(adi, request)).out).toMatch(/is carried-out\n$/);
    expect((await run(ana, 'policy', 'list')).out).toMatch(/^water +retired/m);
    expect((await run(rex, 'policy', 'retire', 'water', '--reason', 'again')).code).toBe(65);
  });

  withPython('at a terminal', () => {
    /** Neither on the screen nor in what the dialog leaves behind. */
    const approve = (who: Http, request: string, steps: readonly (readonly [string, string])[]) =>
      atTerminal(['approvals', 'approve', request, '--reason', 'checked'], as(who), steps);

    it('asks for the password, which it does not show, after the dossier', async () => {
      const request = await asked(await version());
      const { screen, code } = await approve(rex, request, [['your password, to sign: ', rex.password!]]);
      expect(code).toBe(0);
      expect(screen).not.toContain(rex.password!);
      expect(screen.indexOf('digest')).toBeLessThan(screen.indexOf('your password'));
      expect(screen).toMatch(new RegExp(`signed; request ${request} is carried-out\\r\\n$`));
    });

    it('has whoever signs for the first time read that it binds, and asks for the code of a second factor', async () => {
      const tim = await account(server.admin, 'tim', ['reviewer']);
      const { body: offered } = await tim.post<{ secret: string }>('/api/v1/users/me/second-factor', {});
      const totp = new TOTP({ secret: Secret.fromBase32(offered.secret) });
      let step = Math.floor(Date.now() / STEP_MS) - 1;
      const next = () => totp.generate({ timestamp: step++ * STEP_MS });
      const [first, toAccept] = [next(), next()];
      const enrolled = await tim.post<{ recovery_codes: readonly string[] }>('/api/v1/users/me/second-factor/confirm', {
        code: first,
      });
      expect(enrolled.status).toBe(200);
      const [signIn, toSign] = enrolled.body.recovery_codes as [string, string];
      const request = await asked(await version());
      const password = tim.password!;
      const { screen, code } = await atTerminal(
        ['approvals', 'approve', request, '--reason', 'checked', '--code', signIn],
        as(tim),
        [
          ['type "accept" if you do: ', 'accept'],
          ['your password, to accept: ', password],
          ['one-time code, to accept: ', toAccept],
          ['your password, to sign: ', password],
          ['one-time code, to sign: ', toSign],
        ],
      );
      expect({ code, screen }).toMatchObject({ code: 0, screen: expect.stringContaining('is carried-out') });
      for (const secret of [password, toAccept, toSign]) expect(screen).not.toContain(secret);
      expect((await approval(ana, request)).decisions).toMatchObject([{ printed_name: 'tim' }]);
    });

    it('signs nothing where the text is not accepted, the password is wrong, or the dialog is broken off', async () => {
      const una = await account(server.admin, 'una', ['reviewer']);
      const request = await asked(await version());
      const declined = await approve(una, request, [['type "accept" if you do: ', 'no']]);
      expect(declined).toMatchObject({ code: 64, screen: expect.stringContaining('nothing was signed') });
      const wrong = await approve(rex, request, [['your password, to sign: ', 'a guess that is long']]);
      expect(wrong.code).toBe(65);
      expect(wrong.screen).not.toContain('a guess');
      const broken = await approve(rex, request, [['your password, to sign: ', 'half of it\u0003']]);
      expect(broken).toMatchObject({ code: 64, screen: expect.stringContaining('no password was given') });
      expect(broken.screen).not.toContain('half');
      expect((await approval(ana, request)).state).toBe('open');
    });
  });
});
