import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { approval, sign, signatory } from '../support/approvals.js';
import { account, custody as command, freshServer, Http } from '../support/custody.js';

interface Shown {
  readonly classes: readonly { readonly record_class: string; readonly years: number }[];
  readonly online_days: number;
}

describe('how long records are kept', () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let ada: Http;
  let otto: Http;
  let vic: Http;
  beforeAll(async () => {
    custody = await freshServer();
    ada = await signatory(custody.admin, 'ada', ['admin']);
    otto = await signatory(custody.admin, 'otto', ['auditor']);
    vic = await account(custody.admin, 'vic', ['viewer']);
  });
  afterAll(() => custody.end());
  const years = async () =>
    Object.fromEntries(
      (await vic.get<Shown>('/api/v1/retention')).body.classes.map(({ record_class, years: n }) => [record_class, n]),
    );
  const ask = (body: object, who = custody.admin) =>
    who.post<Record<string, unknown>>('/api/v1/retention/changes', { reason: 'a test', ...body });

  it('is seven years for every class to begin with, for everybody to see', async () => {
    expect(await years()).toEqual({
      decisions: 7,
      accounts: 7,
      access: 7,
      training: 7,
      models: 7,
      predictions: 7,
      messages: 7,
    });
    expect((await vic.get('/api/v1/retention')).body).toMatchObject({ floor_years: 6, online_days: 730 });
  });

  it('is never less than the law asks for: refused, and in the trail', async () => {
    for (const n of [0, 5]) {
      const refused = await ask({ record_class: 'training', years: n });
      expect(refused).toMatchObject({ status: 403, body: { code: 'retention-below-floor', field: 'years' } });
      expect(String(refused.body['detail'])).toContain('HIPAA 164.316(b)(2)(i)');
    }
    const { body } = await otto.get<{ events: { resource: { kind: string; id: string } }[] }>(
      '/api/v1/audit/events?action=AccessDenied',
    );
    expect(body.events.filter(({ resource }) => resource.kind === 'retention')).toHaveLength(2);
  });

  it.each([
    [{ record_class: 'training', years: 6.5 }, 400, 'years-invalid'],
    [{ record_class: 'training', years: 101 }, 400, 'years-invalid'],
    [{ record_class: 'training', years: 'ten' }, 400, undefined],
    [{ record_class: 'nothing', years: 7 }, 400, undefined],
    [{ record_class: 'training' }, 400, 'change-unclear'],
    [{ record_class: 'training', years: 8, online_days: 1 }, 400, 'change-unclear'],
    [{ online_days: -1 }, 400, 'online-days-invalid'],
    [{ record_class: 'training', years: 7 }, 400, 'retention-unchanged'],
  ])('%j is refused for what it is', async (body, status, code) => {
    const answer = await ask(body);
    expect(answer.status).toBe(status);
    if (code !== undefined) expect(answer.body).toMatchObject({ code });
  });

  it('is for those to change who keep the records, and takes an administrator and an auditor besides', async () => {
    expect((await ask({ record_class: 'training', years: 10 }, vic)).status).toBe(403);
    const env = { CUSTODY_URL: custody.url, CUSTODY_USERNAME: 'admin', CUSTODY_PASSWORD: custody.admin.password! };
    const change = [
      'retention',
      'change',
      '--class',
      'training',
      '--years',
      '10',
      '--reason',
      '40 CFR 141.33',
      '--json',
    ];
    const { number } = JSON.parse((await command(change, env)).out) as { number: number };
    expect((await approval(otto, number)).dossier.content).toMatchObject({ record_class: 'training', from: 7, to: 10 });
    expect((await sign(otto, number)).body).toMatchObject({ state: 'open' });
    expect(await years()).toMatchObject({ training: 7 });
    expect((await sign(ada, number)).body).toMatchObject({ state: 'carried-out' });
    expect(await years()).toMatchObject({ training: 10, models: 7 });
    expect((await command(['retention'], env)).out).toMatch(/training\s+10/);
  }, 60_000);
});
