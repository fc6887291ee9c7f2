import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signatory } from '../support/approvals.js';
import { account, custody, freshServer, Http } from '../support/custody.js';

const MLFLOW = '/api/2.0/mlflow';
const MODEL = 'lims_contamination_detector';
const POLICY = `custody_policy: 1
name: water
description: Production needs a reviewer and an auditor, and measured quality.
models: ['lims_*']
protects:
  stages: [Production]
  aliases: [champion]
approvals:
  steps:
    - { role: reviewer }
    - { role: auditor }
separation_of_duties: [trained_run]
gates:
  - gate: required_tags
    tags:
      Data_Source: []
      PHI_Included: [No]
  - gate: metrics
    metrics:
      - { metric: test_f1, at_least: 0.85 }
`;

describe('a laboratory that publishes a policy', () => {
  let server: Awaited<ReturnType<typeof freshServer>>;
  const folder = mkdtempSync(join(tmpdir(), 'custody-'));
  const people: Record<'ana' | 'tom' | 'rex' | 'aud', Http> = {} as never;
  beforeAll(async () => {
    server = await freshServer();
    people.ana = await account(server.admin, 'ana', ['analyst']);
    people.tom = await signatory(server.admin, 'tom', ['analyst', 'reviewer']);
    people.rex = await signatory(server.admin, 'rex', ['reviewer']);
    people.aud = await signatory(server.admin, 'aud', ['auditor']);
    const path = '/api/v1/users/me/signature-acceptance';
    const { version } = (await server.admin.get<{ version: number }>(path)).body;
    await server.admin.post(path, { version, password: server.admin.password });
    await people.ana.post(`${MLFLOW}/registered-models/create`, { name: MODEL });
  }, 60_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await server.end();
  });

  const as = ({ login = '', password = '' }: Http) => ({
    CUSTODY_URL: server.url,
    CUSTODY_USERNAME: login,
    CUSTODY_PASSWORD: password,
  });
  const sign = (who: Http, request: string, decision = 'approve') =>
    custody(
      ['approvals', decision, request, '--reason', 'dossier read', '--sign-stdin'],
      as(who),
      `${String(who.password)}\n`,
    );
  /** A version that Tom trained, with the tags that the policy asks for, or without. */
  const version = async (f1: number, tags: Readonly<Record<string, string>>) => {
    const { body } = await people.tom.post<{ run: { info: { run_id: string; artifact_uri: string } } }>(
      `${MLFLOW}/runs/create`,
      { experiment_id: '0' },
    );
    const { run_id, artifact_uri } = body.run.info;
    await people.tom.post(`${MLFLOW}/runs/log-metric`, { run_id, key: 'test_f1', value: f1, timestamp: 1, step: 0 });
    for (const [key, value] of Object.entries(tags))
      await people.tom.post(`${MLFLOW}/runs/set-tag`, { run_id, key, value });
    await people.tom.send(
      'PUT',
      `/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/model/MLmodel`,
      'flavors: {}\n',
    );
    const made = await people.ana.post<{ model_version: { version: string } }>(`${MLFLOW}/model-versions/create`, {
      name: MODEL,
      source: `${artifact_uri}/model`,
      run_id,
    });
    return made.body.model_version.version;
  };
  const ask = (who: Http, number: string) =>
    who.post<{ error_code: string; message: string }>(`${MLFLOW}/model-versions/transition-stage`, {
      name: MODEL,
      version: number,
      stage: 'Production',
      archive_existing_versions: true,
    });
  const requestOf = ({ message }: { message: string }) => /request (\d+) /.exec(message)?.[1] ?? message;
  const stageOf = async (number: string) => {
    const { body } = await people.ana.get<{ model_version: { current_stage: string } }>(
      `${MLFLOW}/model-versions/get?name=${MODEL}&version=${number}`,
    );
    return body.model_version.current_stage;
  };
  const TAGS = { Data_Source: 'LIMS_Silver_Layer_v2', PHI_Included: 'No' };

  it('has it approved by others than its author, from the command line', async () => {
    const file = join(folder, 'water.yaml');
    writeFileSync(file, POLICY);
    const published = await custody(['policy', 'publish', file, '--reason', 'the water project'], as(people.rex));
    expect(published).toMatchObject({ code: 0, err: '' });
    const request = /up for approval: request (\d+)/.exec(published.out)![1]!;
    expect((await custody(['approvals', 'list', '--to-decide'], as(people.tom))).out).toContain('water');
    expect((await sign(people.rex, request)).code).toBe(65);
    expect((await sign(people.tom, request)).out).toMatch(/^request +1: /);
    const done = await sign(server.admin, request);
    expect(done.out).toMatch(/\nsigned; request 1 is carried-out\n$/);
    expect((await custody(['policy', 'list'], as(people.aud))).out).toMatch(/^water .*published/m);
  });

  it('tells whoever asks what is missing, and opens no request for what can’t pass', async () => {
    const poor = await version(0.7, {});
    const refused = await ask(people.ana, poor);
    expect([refused.status, refused.body.error_code]).toEqual([403, 'PERMISSION_DENIED']);
    expect(refused.body.message).toMatch(/test_f1/);
    const { out } = await custody(['policy', 'explain', MODEL, poor], as(people.ana));
    expect(out).toMatch(/required_tags/);
    expect(out).toMatch(/metrics/);
  });

  it('takes two independent people into Production, never the one who trained, and archives what was there', async () => {
    const first = await version(0.93, TAGS);
    const asked = await ask(people.ana, first);
    expect([asked.status, asked.body.error_code]).toEqual([403, 'PERMISSION_DENIED']);
    const request = requestOf(asked.body);
    const tom = await sign(people.tom, request);
    expect(tom.code).toBe(65);
    expect(tom.err).toMatch(/trained/);
    expect((await sign(people.rex, request)).out).toMatch(/signed; request \d+ is open\n$/);
    expect(await stageOf(first)).not.toBe('Production');
    expect((await sign(people.aud, request)).out).toMatch(/signed; request \d+ is carried-out\n$/);
    expect(await stageOf(first)).toBe('Production');

    const second = await version(0.95, TAGS);
    const next = requestOf((await ask(people.ana, second)).body);
    await sign(people.rex, next);
    await sign(people.aud, next);
    expect([await stageOf(first), await stageOf(second)]).toEqual(['Archived', 'Production']);

    const back = await custody(['rollback', MODEL, '--reason', 'misses turbid samples'], as(people.rex));
    expect(back.code).toBe(0);
    expect([await stageOf(first), await stageOf(second)]).toEqual(['Production', 'Archived']);
  });

  it('has each step in the trail, with who, when and why, and every refusal', async () => {
    const { out } = await custody(['audit', '--limit', '1000', '--json'], as(people.aud));
    const events = out
      .trim()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { action: string; outcome: string; reason?: string; actor: { name?: string } },
      );
    const by = (action: string) => events.filter((each) => each.action === action).map(({ actor }) => actor.name);
    expect(by('ModelVersionStageChanged')).toEqual(['aud', 'aud']);
    expect(by('ModelVersionRolledBack')).toEqual(['rex']);
    expect(by('ApprovalSigned').toSorted()).toEqual(['admin', 'aud', 'aud', 'rex', 'rex', 'tom']);
    expect(by('PolicyPublished')).toEqual(['admin']);
    expect(events.find(({ action }) => action === 'ModelVersionRolledBack')).toMatchObject({
      reason: 'misses turbid samples',
    });
    const denied = events.filter(({ outcome }) => outcome === 'denied').map(({ actor }) => actor.name);
    expect(denied).toEqual(expect.arrayContaining(['ana', 'tom', 'rex']));
  });
});
