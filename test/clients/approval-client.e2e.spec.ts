import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sign, signatory } from '../support/approvals.js';
import { account, freshServer, Http } from '../support/custody.js';
import { PYTHON, withPython } from '../support/python.js';

const run = promisify(execFile);
const MODEL = 'lims_contamination_detector';

withPython("approvals, to mlflow's own client", () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let analyst: Http;
  let rex: Http;
  let ria: Http;
  beforeAll(async () => {
    custody = await freshServer([], { CUSTODY_PRODUCTION_APPROVALS: '2' });
    analyst = await account(custody.admin, 'ana.lyst', ['analyst']);
    rex = await signatory(custody.admin, 'rex', ['reviewer']);
    ria = await signatory(custody.admin, 'ria', ['reviewer']);
  });
  afterAll(() => custody.end());

  const script = (...args: readonly string[]) => scriptOf(analyst, ...args);
  const scriptOf = async (who: Http, ...args: readonly string[]) => {
    const env = {
      PATH: process.env['PATH'],
      HOME: custody.data,
      MLFLOW_TRACKING_USERNAME: who.login,
      MLFLOW_TRACKING_PASSWORD: who.password,
      MLFLOW_DISABLE_TELEMETRY: 'true',
    };
    const { stdout } = await run(PYTHON, [resolve('test/clients/python/approval_story.py'), custody.url, ...args], {
      env,
    });
    return stdout.trim().split('\n').at(-1)!;
  };

  it('are started by a script that asks for Production, and what it asked for is there after two signatures', async () => {
    let old = '';
    for (let round = 0; round < 2; round++) {
      const asked = JSON.parse(await script('ask')) as { version: string; number: number };
      expect((await sign(rex, asked.number)).body).toMatchObject({ state: 'open' });
      expect((await sign(ria, asked.number)).body).toMatchObject({ state: 'carried-out', number: asked.number });
      await script('see', asked.version, old);
      old = asked.version;
    }
  });

  it('leave who, when and why of each step and each refusal to the auditor, from the script to the rollback', async () => {
    const tom = await signatory(custody.admin, 'tom', ['analyst', 'reviewer']);
    const aud = await account(custody.admin, 'aud', ['auditor']);
    const since = new Date().toISOString();
    const asked: { version: string; number: number }[] = [];
    for (let round = 0; round < 2; round++) {
      asked.push(JSON.parse(await script('promote', await scriptOf(tom, 'train'))) as (typeof asked)[number]);
      const { number } = asked.at(-1)!;
      const refused = await sign(tom, number, { reason: 'it is good' });
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([403, expect.stringContaining('trained the run')]);
      expect((await sign(rex, number, { reason: 'dossier read' })).body).toMatchObject({ state: 'open' });
      expect((await sign(ria, number, { reason: 'data checked' })).body).toMatchObject({ state: 'carried-out' });
    }
    const [first, second] = asked.map(({ version }) => version) as [string, string];
    await script('see', second, first);
    const rolledBack = await rex.post(`/api/v1/models/${MODEL}/rollback`, { reason: 'misses turbid samples' });
    expect(rolledBack.status).toBe(200);
    await script('see', first, second);

    interface Told {
      readonly action: string;
      readonly outcome: string;
      readonly recorded_at: string;
      readonly reason?: string;
      readonly actor: { readonly name: string };
    }
    const { body } = await aud.get<{ events: readonly Told[] }>(
      `/api/v1/audit/events?order=asc&from=${encodeURIComponent(since)}&limit=1000`,
    );
    const steps = body.events.filter(({ action }) =>
      /^(ModelVersion(Created|StageChanged|RolledBack)|Approval|AccessDenied)/.test(action),
    );
    const promotion: readonly (readonly [string, string, string, string?])[] = [
      ['ana.lyst', 'ModelVersionCreated', 'ok'],
      ['ana.lyst', 'ApprovalNumbered', 'ok'],
      ['ana.lyst', 'ApprovalRequested', 'ok'],
      ['ana.lyst', 'AccessDenied', 'denied'],
      ['tom', 'AccessDenied', 'denied', 'it is good'],
      ['rex', 'ApprovalSigned', 'ok', 'dossier read'],
      ['ria', 'ApprovalSigned', 'ok', 'data checked'],
      ['ria', 'ApprovalGranted', 'ok', 'data checked'],
      ['ria', 'ModelVersionStageChanged', 'ok', 'data checked'],
      ['ria', 'ApprovalCarriedOut', 'ok', 'data checked'],
    ];
    expect(steps.map(({ actor, action, outcome, reason }) => [actor.name, action, outcome, reason])).toEqual([
      ...[...promotion, ...promotion].map(([who, action, outcome, why]) => [who, action, outcome, why]),
      ['rex', 'ModelVersionRolledBack', 'ok', 'misses turbid samples'],
      // The review that a rollback owes.
      ['rex', 'ApprovalNumbered', 'ok', 'misses turbid samples'],
      ['rex', 'ApprovalRequested', 'ok', 'misses turbid samples'],
    ]);
    const times = steps.map(({ recorded_at: at }) => at);
    expect(times).toEqual(times.toSorted());
    expect(Date.parse(times[0]!)).toBeGreaterThanOrEqual(Date.parse(since));
  });
});
