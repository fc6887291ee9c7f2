import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sign, signatory } from '../support/approvals.js';
import { account, freshServer, Http } from '../support/custody.js';

const MLFLOW = '/api/2.0/mlflow';
const MODEL = 'detector';

describe("the calls of Databricks' registry", () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let ana: Http;
  let rex: Http;
  let versions = 0;
  beforeAll(async () => {
    custody = await freshServer([], { CUSTODY_PRODUCTION_APPROVALS: '1', CUSTODY_WEBHOOK_LOOPBACK: 'true' });
    ana = await account(custody.admin, 'ana', ['analyst']);
    rex = await signatory(custody.admin, 'rex', ['reviewer']);
    await ana.post(`${MLFLOW}/registered-models/create`, { name: MODEL });
    await version();
  });
  afterAll(() => custody.end());

  const version = async () => {
    const { status } = await ana.post(`${MLFLOW}/model-versions/create`, { name: MODEL, source: 's3://lab/model' });
    expect(status).toBe(200);
    return String(++versions);
  };
  const request = (of: string, more: object = {}) =>
    ana.post(`${MLFLOW}/transition-requests/create`, { name: MODEL, version: of, stage: 'Production', ...more });
  const approve = (of: string, more: object = {}) =>
    rex.post(`${MLFLOW}/transition-requests/approve`, {
      name: MODEL,
      version: of,
      stage: 'Production',
      archive_existing_versions: true,
      comment: 'checked',
      ...more,
    });
  const stageOf = async (of: string) => {
    const path = `${MLFLOW}/model-versions/get?name=${MODEL}&version=${of}`;
    const { body } = await ana.get<{ model_version: { current_stage: string } }>(path);
    return body.model_version.current_stage;
  };

  it.each([
    ['POST', 'transition-requests/create', { stage: 'Somewhere' }, 400],
    ['POST', 'transition-requests/create', { stage: undefined }, 400],
    ['POST', 'transition-requests/create', { version: '99' }, 404],
    ['POST', 'transition-requests/create', { version: 'x' }, 400],
    ['POST', 'transition-requests/create', { comment: 'x'.repeat(1001) }, 400],
    ['POST', 'transition-requests/create', { archive_existing_versions: 'yes' }, 400],
    ['POST', 'transition-requests/create', { stage: 'Staging' }, 400],
    ['POST', 'comments/create', { comment: '' }, 400],
    ['POST', 'comments/create', { comment: 7 }, 400],
    ['POST', 'comments/create', { version: '99', comment: 'x' }, 404],
    ['PATCH', 'comments/update', { id: 'cm-x', comment: 'x' }, 404],
    ['DELETE', 'comments/delete?id=__proto__', {}, 404],
    ['DELETE', 'comments/delete', {}, 400],
  ] as const)('refuse %s %s with %j', async (method, path, more, status) => {
    const body = { name: MODEL, version: '1', stage: 'Production', ...more };
    const answer = await ana.send(method, `${MLFLOW}/${path}`, method === 'DELETE' ? undefined : body);
    expect({ status: answer.status, code: typeof answer.body['error_code'] }).toEqual({ status, code: 'string' });
  });

  it.each([
    [{ events: ['NOTHING'] }, 'events'],
    [{ events: [] }, 'events'],
    [{ job_spec: { job_id: '1', access_token: 't' } }, 'job_spec'],
    [{ http_url_spec: undefined }, 'http_url_spec'],
    [{ http_url_spec: { url: 'http://10.0.0.1/' } }, 'webhook URL'],
    [{ http_url_spec: { url: 'http://127.0.0.1:9/', enable_ssl_verification: false } }, 'enable_ssl_verification'],
    [{ http_url_spec: { url: 'http://127.0.0.1:9/', authorization: 'a\r\nb: c' } }, 'authorization'],
    [{ status: 'ASLEEP' }, 'status'],
  ])('refuse a webhook with %j', async (more, field) => {
    const good = { events: ['COMMENT_CREATED'], http_url_spec: { url: 'http://127.0.0.1:9/' } };
    const answer = await custody.admin.post(`${MLFLOW}/registry-webhooks/create`, { ...good, ...more });
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(field) } });
  });

  it('sign nothing with a wrong password, nor for whom nothing was asked', async () => {
    const of = await version();
    expect(await approve(of)).toMatchObject({ status: 404 });
    await request(of);
    const guess = await new Http(custody.url, 'rex', 'a guess that is long').post(
      `${MLFLOW}/transition-requests/approve`,
      { name: MODEL, version: of, stage: 'Production', comment: 'x' },
    );
    expect(guess.status).toBe(401);
    expect(await stageOf(of)).toBe('None');
  });

  it('sign nothing that has changed since it was asked for, whoever caused that to be noted', async () => {
    const of = await version();
    await request(of);
    const tag = { name: MODEL, version: of, key: 'PHI_Included', value: 'Yes' };
    expect((await ana.post(`${MLFLOW}/model-versions/set-tag`, tag)).status).toBe(200);
    const stale = await approve(of);
    expect(stale.body['message']).toMatch(/has changed since it was made.*\/api\/v1\/approvals\/ap-/);
    expect(await stageOf(of)).toBe('None');
    // Asked for again, and tried by somebody with an older dossier: the new one is noted, and was shown to nobody here.
    const { body } = await request(of);
    const { id } = body['request'] as { id: string };
    expect(await sign(rex, id, { digest: 'a'.repeat(64) })).toMatchObject({ status: 409 });
    expect((await approve(of)).body['message']).toMatch(/has changed since it was made/);
    expect(await stageOf(of)).toBe('None');
    expect((await sign(rex, id)).body).toMatchObject({ state: 'carried-out' });
    expect(await stageOf(of)).toBe('Production');
  });

  it('say so when two requests ask for one stage in different ways', async () => {
    const of = await version();
    await request(of);
    await request(of, { archive_existing_versions: false });
    const { status, body } = await approve(of);
    expect([status, body['message']]).toEqual([400, expect.stringMatching(/requests \d+ and \d+ ask for this stage/)]);
    const { body: listed } = await rex.get<{ requests: { available_actions: string[] }[] }>(
      `${MLFLOW}/transition-requests/list?name=${MODEL}&version=${of}`,
    );
    expect(listed.requests.map(({ available_actions }) => available_actions)).toEqual([
      ['APPROVE_TRANSITION_REQUEST', 'REJECT_TRANSITION_REQUEST'],
      ['APPROVE_TRANSITION_REQUEST', 'REJECT_TRANSITION_REQUEST'],
    ]);
  });

  it('list what happened around a version page by page, without what was taken back', async () => {
    const of = await version();
    const say = async (comment: string) => {
      const { body } = await rex.post<{ comment: { id: string } }>(`${MLFLOW}/comments/create`, {
        name: MODEL,
        version: of,
        comment,
      });
      return body.comment.id;
    };
    await say('one');
    const taken = await say('two');
    await say('three');
    await rex.send('DELETE', `${MLFLOW}/comments/delete?id=${taken}`);
    const page = async (more = '') => {
      const path = `/api/v1/model-versions/activities?name=${MODEL}&version=${of}&max_results=1${more}`;
      return (await ana.get<{ activities: { comment: string }[]; next?: number }>(path)).body;
    };
    const first = await page();
    const second = await page(`&before=${first.next}`);
    expect([first, second].map(({ activities }) => activities[0]!.comment)).toEqual(['three', 'one']);
    expect(second.next).toBeUndefined();
  });
});
