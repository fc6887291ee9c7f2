import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { approval, Shown, sign, signatory } from '../support/approvals.js';
import { account, freshServer, Http } from '../support/custody.js';

const MLFLOW = '/api/2.0/mlflow';
const MODEL = 'lims_contamination_detector';

interface Version {
  readonly current_stage: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

describe('the approval of a promotion', () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let ana: Http;
  let rex: Http;
  let ria: Http;
  let tom: Http;
  let aud: Http;
  let runId: string;
  beforeAll(async () => {
    custody = await freshServer([], { CUSTODY_PRODUCTION_APPROVALS: '2' });
    ana = await account(custody.admin, 'ana', ['analyst']);
    rex = await signatory(custody.admin, 'rex', ['reviewer']);
    ria = await signatory(custody.admin, 'ria', ['reviewer']);
    tom = await signatory(custody.admin, 'tom', ['reviewer', 'analyst']);
    aud = await account(custody.admin, 'aud', ['auditor']);
    await ana.post(`${MLFLOW}/registered-models/create`, { name: MODEL });
    runId = await trained(tom);
  });
  afterAll(() => custody.end());

  const trained = async (by: Http) => {
    const { body } = await by.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, {
      experiment_id: '0',
    });
    const { run_id } = body.run.info;
    await by.post(`${MLFLOW}/runs/log-metric`, { run_id, key: 'test_f1', value: 0.93, timestamp: 1, step: 0 });
    await by.post(`${MLFLOW}/runs/log-parameter`, { run_id, key: 'n_estimators', value: '100' });
    await by.post(`${MLFLOW}/runs/set-tag`, { run_id, key: 'Approval_Status', value: 'Pending_Review' });
    const put = await by.send(
      'PUT',
      `/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/model/MLmodel`,
      'flavors: {}\n',
    );
    if (put.status !== 200) throw new Error(JSON.stringify(put.body));
    return run_id;
  };
  const newVersion = async () => {
    const body = { name: MODEL, source: `mlflow-artifacts:/0/${runId}/artifacts/model`, run_id: runId };
    const made = await ana.post<{ model_version: { version: string } }>(`${MLFLOW}/model-versions/create`, body);
    if (made.status !== 200) throw new Error(JSON.stringify(made.body));
    return made.body.model_version.version;
  };
  const move = (person: Http, version: string, stage = 'Production') =>
    person.post<{ error_code: string; message: string }>(`${MLFLOW}/model-versions/transition-stage`, {
      name: MODEL,
      version,
      stage,
      archive_existing_versions: true,
    });
  const look = async (version: string) => {
    const { body } = await ana.get<{ model_version: Version }>(
      `${MLFLOW}/model-versions/get?name=${MODEL}&version=${version}`,
    );
    const tags = Object.fromEntries((body.model_version.tags ?? []).map(({ key, value }) => [key, value]));
    return { stage: body.model_version.current_stage, tags };
  };
  const requested = async (person: Http, version: string, stage = 'Production') => {
    const { status, body } = await move(person, version, stage);
    expect({ status, code: body.error_code }).toEqual({ status: 403, code: 'PERMISSION_DENIED' });
    const [, number] = /request (\d+) /.exec(body.message) ?? [];
    if (number === undefined) throw new Error(body.message);
    return number;
  };
  const denials = async (code: string) => {
    const { body } = await aud.get<{ events: { event_id: string }[] }>(
      '/api/v1/audit/events?action=AccessDenied&limit=100',
    );
    const events = await Promise.all(
      body.events.map(({ event_id }) => aud.get<{ data: { code: string } }>(`/api/v1/audit/events/${event_id}`)),
    );
    return events.filter((event) => event.body.data.code === code).length;
  };
  const statusTag = async (version: string, wanted: string) => {
    for (;;) {
      const { tags } = await look(version);
      if (tags['Approval_Status'] === wanted) return tags;
      await new Promise((later) => setTimeout(later, 50));
    }
  };

  it('is asked for by the promotion itself, and done with the last signature', async () => {
    const version = await newVersion();
    const refused = await move(ana, version);
    expect(refused.body.message).toMatch(/request 1 \(ap-.*waits for 2 reviewers.*\/api\/v1\/approvals\/ap-/);
    expect(await requested(rex, version)).toBe('1');
    const shown = await approval(ria, 1);
    expect(shown).toMatchObject({
      state: 'open',
      you: { may_decide: true },
      missing: [{ role: 'reviewer', approvals: 2 }],
      dossier: {
        content: {
          version: { number: 1, run_id: runId, files_digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
          run: { metrics: { test_f1: 0.93 }, params: { n_estimators: '100' } },
          replaces: { in_production: [] },
        },
      },
    });
    expect(await statusTag(version, 'Pending_Review')).toMatchObject({ Approval_Request: '1' });

    expect((await sign(tom, 1)).body).toMatchObject({ code: 'not-independent' });
    expect(await denials('not-independent')).toBe(1);
    expect((await sign(rex, 1, { password: 'a guess that is long' })).status).toBe(403);
    const signed = (await sign(rex, 1)).body;
    expect(signed).toMatchObject({ state: 'open' });
    // An answer that was lost may be asked for again; another signature is not to be had.
    expect((await sign(rex, 1)).body).toEqual(signed);
    expect((await sign(rex, 1, { reason: 'once more' })).body).toMatchObject({ code: 'signed-already' });
    expect((await look(version)).stage).toBe('None');
    const last = await sign(ria, 1);
    expect(last.body).toMatchObject({ state: 'carried-out', number: 1 });
    const { stage, tags } = await look(version);
    expect(stage).toBe('Production');
    expect(tags).toMatchObject({ Approval_Status: 'Approved', Approval_Request: '1' });
    expect(tags['Approved_By']).toMatch(/^u-.*, u-/);

    const done = await approval(aud, 1);
    expect(done.decisions.map(({ printed_name, meaning, digest }) => [printed_name, meaning, digest])).toEqual([
      ['rex', 'approved', shown.dossier.digest],
      ['ria', 'approved', shown.dossier.digest],
    ]);
    expect((await sign(tom, 1)).body).toMatchObject({ status: 409, code: 'approval-closed' });
    // It is there already: nobody has to be asked.
    expect((await move(ana, version)).status).toBe(200);
  });

  it('archives what it replaces, once, and is told in the trail with its cause', async () => {
    const version = await newVersion();
    const number = await requested(ana, version);
    await Promise.all([sign(rex, number), sign(ria, number)]);
    const { approval_id: id, state } = await approval(aud, number);
    expect(state).toBe('carried-out');
    expect(await look(version)).toMatchObject({ stage: 'Production' });
    expect(await look('1')).toMatchObject({ stage: 'Archived' });
    const { body } = await aud.get<{ events: { action: string; event_id: string }[] }>(
      `/api/v1/audit/events?resource=registered-model:${await modelId()}&action=ModelVersionStageChanged&limit=10`,
    );
    const moved = await aud.get<{ data: { approvalId: string }; causation_id?: string }>(
      `/api/v1/audit/events/${body.events[0]!.event_id}`,
    );
    expect(moved.body.data.approvalId).toBe(id);
    expect(body.events).toHaveLength(2);
  });

  const modelId = async () => {
    const { approvals } = (await aud.get<{ approvals: { subject: { id: string } }[] }>('/api/v1/approvals')).body;
    return approvals[0]!.subject.id.split('/')[0]!;
  };

  it('is needed for aliases that deployments load by, and for taking them away', async () => {
    const alias = { name: MODEL, alias: 'champion', version: '2' };
    expect((await ana.post(`${MLFLOW}/registered-models/alias`, { ...alias, alias: 'candidate' })).status).toBe(200);
    const refused = await rex.post<{ message: string }>(`${MLFLOW}/registered-models/alias`, alias);
    expect(refused.status).toBe(403);
    const [, number] = /request (\d+) /.exec(refused.body.message)!;
    expect((await sign(rex, number!)).body).toMatchObject({ code: 'own-request' });
    const open = await aud.get<{ approvals: Shown[] }>('/api/v1/approvals?state=open');
    expect(open.body.approvals).toMatchObject([
      { number: Number(number), title: `alias champion of ${MODEL} to version 2` },
    ]);
    const mine = await ria.get<{ approvals: Shown[] }>('/api/v1/approvals?mine=to-decide');
    expect(mine.body.approvals).toHaveLength(1);
    const zoe = await signatory(custody.admin, 'zoe', ['reviewer']);
    await sign(ria, number!);
    expect((await sign(zoe, number!)).body).toMatchObject({ state: 'carried-out' });
    expect((await ana.get(`${MLFLOW}/registered-models/alias?name=${MODEL}&alias=champion`)).body).toMatchObject({
      model_version: { version: '2' },
    });
    const away = await ana.send<{ message: string }>('DELETE', `${MLFLOW}/registered-models/alias`, {
      name: MODEL,
      alias: 'champion',
    });
    expect(away.body.message).toMatch(/taken away from version 2 needs approval/);
  });

  it('comes to nothing when the version is deleted under it, which is told', async () => {
    const version = await newVersion();
    const number = await requested(ana, version);
    await sign(rex, number);
    await ana.send('DELETE', `${MLFLOW}/model-versions/delete`, { name: MODEL, version });
    const answer = await sign(ria, number);
    expect(answer.body).toMatchObject({
      status: 409,
      code: 'approval-closed',
      detail: expect.stringMatching(/not found/),
    });
    expect(await approval(aud, number)).toMatchObject({
      state: 'void',
      history: expect.arrayContaining([expect.objectContaining({ event: 'ApprovalVoided' })]),
    });
  });

  it('is taken again when the evidence changes, and says how', async () => {
    const version = await newVersion();
    const number = await requested(ana, version);
    const { digest } = (await approval(rex, number)).dossier;
    await sign(ria, number);
    await ana.post(`${MLFLOW}/model-versions/set-tag`, { name: MODEL, version, key: 'PHI_Included', value: 'Yes' });
    const stale = await sign(rex, number, { digest });
    expect(stale.body).toMatchObject({ status: 409, code: 'stale-dossier', field: 'digest' });
    expect(await approval(rex, number)).toMatchObject({
      missing: [{ role: 'reviewer', approvals: 2 }],
      dossier: { content: { version: { tags: { PHI_Included: 'Yes' } } } },
      decisions: [{ counts: false }],
    });
    expect(
      (await sign(rex, number, { decision: 'reject', meaning: 'rejected', reason: 'patient data' })).body,
    ).toMatchObject({ state: 'rejected' });
    await statusTag(version, 'Rejected');
    expect((await look(version)).stage).toBe('None');
  });

  it('is refused to somebody who has lost the role since they opened it', async () => {
    const number = await requested(ana, await newVersion());
    const lea = await signatory(custody.admin, 'lea', ['reviewer', 'auditor']);
    expect((await approval(lea, number)).you.may_decide).toBe(true);
    const { user_id } = (await lea.get<{ user_id: string }>('/api/v1/users/me')).body;
    await custody.admin.post(`/api/v1/users/${user_id}/roles`, { roles: ['auditor'], reason: 'moved' });
    expect((await sign(lea, number)).body).toMatchObject({ status: 403, code: 'approval-role-missing' });
    expect(await denials('approval-role-missing')).toBe(1);
  });

  it('is not given by a token alone, nor by a service account', async () => {
    const number = await requested(ana, await newVersion());
    const { digest } = (await approval(rex, number)).dossier;
    const decide = (token: string, more: object) =>
      new Http(custody.url).post(
        `/api/v1/approvals/${number}/decisions`,
        { decision: 'approve', meaning: 'approved', reason: 'x', digest, ...more },
        { authorization: `Bearer ${token}` },
      );
    const { token } = (await rex.post<{ token: string }>('/api/v1/tokens', { label: 'script' })).body;
    expect((await decide(token, {})).body).toMatchObject({ status: 403, code: 'signature-refused' });
    const service = { login: 'robot', kind: 'service', roles: ['reviewer'], reason: 'a test' };
    const { user_id } = (await custody.admin.post<{ user_id: string }>('/api/v1/users', service)).body;
    const robot = (await custody.admin.post<{ token: string }>('/api/v1/tokens', { label: 'x', user_id })).body.token;
    expect((await decide(robot, { password: 'x' })).body).toMatchObject({ status: 403, code: 'not-a-person' });
    expect((await decide(token, { password: rex.password })).body).toMatchObject({ state: 'open' });
  });

  it('can be requested, discussed and withdrawn by itself', async () => {
    const version = await newVersion();
    const action = { type: 'stage', name: MODEL, version, stage: 'production' };
    const made = await ana.post<Shown>('/api/v1/approvals', {
      kind: 'model-version',
      action,
      comment: 'better recall',
    });
    expect(made).toMatchObject({ status: 201, body: { state: 'open' } });
    const { number, approval_id: id } = made.body;
    expect((await rex.post(`/api/v1/approvals/${id}/comments`, { comment: 'which snapshot?' })).status).toBe(201);
    expect(await approval(ana, number)).toMatchObject({
      comments: [{ comment: 'better recall' }, { comment: 'which snapshot?' }],
    });
    expect((await rex.post(`/api/v1/approvals/${number}/withdraw`, {})).body).toMatchObject({
      code: 'not-your-request',
    });
    expect((await ana.post(`/api/v1/approvals/${number}/withdraw`, { reason: 'another one' })).body).toMatchObject({
      state: 'withdrawn',
    });
    await statusTag(version, 'Withdrawn');
  });

  it.each([
    [{ kind: 'door', action: {} }, 'kind'],
    [{ kind: 'model-version', action: { type: 'open', name: MODEL } }, 'action.type'],
    [
      { kind: 'model-version', action: { type: 'stage', name: MODEL, version: '0', stage: 'Production' } },
      'action.version',
    ],
    [{ kind: 'model-version', action: { type: 'stage', name: MODEL, version: '1', stage: 'Live' } }, 'action.stage'],
    [{ kind: 'model-version', action: { type: 'alias', name: MODEL, version: '1', alias: 'v1' } }, 'action.alias'],
    [{ kind: 'model-version', action: { type: 'stage', name: MODEL, version: '99', stage: 'Production' } }, 'version'],
    [{ kind: 'model-version', action: 'Production' }, 'action'],
    [{ kind: 'model-version', action: { type: 'stage', name: 7 } }, 'action.name'],
  ])('is not requested with %j, and the field is named', async (body, field) => {
    const refused = await ana.post<{ field: string }>('/api/v1/approvals', body);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.status).toBeLessThan(500);
    expect(refused.body.field).toBe(field);
  });

  it.each([
    [{ decision: 'maybe' }, 'decision'],
    [{ meaning: 'authorised' }, 'meaning'],
    [{ reason: ' ' }, 'reason'],
    [{ digest: 'x' }, 'digest'],
    [{ digest: undefined }, 'digest'],
    [{ password: 7 }, 'password'],
    [{ more: 1 }, 'more'],
    [{ meaning: 'rejected' }, 'meaning'],
  ])('is not decided with %j, and the field is named', async (wrong, field) => {
    const number = await requested(ana, await newVersion());
    expect((await sign(rex, number, wrong)).body).toMatchObject({ status: 400, field });
  });

  it('that there is not is not found, and a list is asked for in its own words only', async () => {
    for (const id of ['0', '999999', 'ap-x', 'ap-01890a5d-ac96-774b-bcce-b302099a8057', '..%2F..'])
      expect((await rex.get(`/api/v1/approvals/${id}`)).status).toBe(404);
    for (const query of ['state=lost', 'mine=all', 'subject=:', 'page_token=x', 'max_results=0', 'stat=open'])
      expect((await rex.get(`/api/v1/approvals?${query}`)).status).toBe(400);
  });

  it('writes the tags that tell of it, and nobody else does', async () => {
    const version = await newVersion();
    const forge = (key: string) =>
      ana.post(`${MLFLOW}/model-versions/set-tag`, { name: MODEL, version, key, value: 'Approved' });
    for (const key of ['Approval_Status', 'approval-status', 'Reviewer', 'Approved_By', 'approved.by'])
      expect((await forge(key)).body).toMatchObject({ error_code: 'PERMISSION_DENIED' });
    expect(await denials('governed-tag')).toBe(5);
    const version2 = { name: MODEL, version: '2', key: 'Approval_Status' };
    expect((await ana.send('DELETE', `${MLFLOW}/model-versions/delete-tag`, version2)).status).toBe(403);
    const ofModel = { name: MODEL, key: 'Reviewer', value: 'Clinical_Director' };
    expect((await rex.post(`${MLFLOW}/registered-models/set-tag`, ofModel)).status).toBe(403);
    const tags = [{ key: 'Approval_Status', value: 'Approved' }];
    const source = `mlflow-artifacts:/0/${runId}/artifacts/model`;
    expect((await ana.post(`${MLFLOW}/model-versions/create`, { name: MODEL, source, tags })).status).toBe(403);
    expect((await ana.post(`${MLFLOW}/registered-models/create`, { name: 'other', tags })).status).toBe(403);
    expect((await forge('Data_Source')).status).toBe(200);
    // A run's own tags are its own.
    const tag = { run_id: runId, key: 'Approval_Status', value: 'Pending_Review' };
    expect((await tom.post(`${MLFLOW}/runs/set-tag`, tag)).status).toBe(200);
  });
});
