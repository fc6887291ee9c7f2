import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ApprovalRules } from '../approvals/index.js';
import { JsonObject } from '../core/index.js';
import { ReadModels } from '../projection/index.js';
import { ModelReader, PromotionRules } from '../registry/index.js';
import { policyOf } from './document/check.js';
import { DryRuns } from './dry-run/dry-run.js';
import { Gatherer } from './evaluation/gather.js';
import { PoliciesFirst } from './index.js';
import { KIM, MLMODEL, MODEL, person, PoliciesLab, RIA } from './testing/policies-lab.js';

const policy = (more = '', name = 'lims-production') => `custody_policy: 1
name: ${name}
models: ["lims_*"]
protects: { stages: [Production], aliases: [champion] }
approvals:
  steps: [{ role: reviewer }, { role: auditor }]
  additional: [{ when: { tag: PHI_Included, values: ["Yes"] }, role: privacy-officer }]
${more}`;
const F1 = 'gates: [{ gate: metrics, metrics: [{ metric: test_f1, at_least: 0.85 }] }]';
const CSV = 'sample_id,ph_level,is_contaminated\nS1,7.0,0\nS2,6.1,1\nS3,7.2,0\n';

describe('the policies room', () => {
  let lab: PoliciesLab;
  beforeEach(async () => {
    lab = await PoliciesLab.open();
  });
  afterEach(() => lab.close());
  const types = async (stream: string) =>
    (await lab.room.events()).filter((event) => event.stream === stream).map(({ type }) => type);
  const evaluations = async () =>
    (await lab.room.events()).flatMap(({ type, data }) => (type === 'PolicyEvaluated' ? [data] : []));
  const gatesOf = async (version: number, to?: string) => {
    const asked = await lab.ask(version, to);
    return (asked?.gates ?? []).map(({ gate, passed }) => [gate, passed]);
  };

  it('leaves everything as it was where no policy is in force', async () => {
    const { version } = await lab.train({});
    expect(await lab.ask(version)).toBeUndefined();
    const { body } = await lab.send('GET', `/models/${MODEL}/versions/1/gates`);
    expect(body).toMatchObject({ governed: false, passed: true, gates: [] });
  });

  it('says which policies are in force for a name, so that a renamed model does not leave them', async () => {
    const rules = new PoliciesFirst(lab.rules, lab.rules);
    expect(await rules.inForceFor(MODEL)).toEqual([]);
    await lab.publish(policy());
    expect(await lab.rules.inForceFor(MODEL)).toEqual(['lims-production']);
    expect(await lab.rules.inForceFor('detector')).toEqual([]);
    expect(await rules.inForceFor(MODEL)).toEqual(['lims-production', 'lims-production']);
  });

  describe('publishing', () => {
    it('goes from a draft over a proposal to what two people approved, in the policy’s own stream', async () => {
      const drafted = await lab.send<{ name: string; version: number; digest: string }>('POST', '/policies', {
        source: policy(),
      });
      expect(drafted).toMatchObject({
        status: 201,
        body: { name: 'lims-production', version: 1, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      });
      const { version } = await lab.train({});
      expect(await lab.ask(version)).toBeUndefined();
      const asked = await lab.send('POST', '/policies/lims-production/versions/1/proposal', {
        reason: 'the first one',
      });
      expect(asked).toMatchObject({ status: 201, body: { approval_id: 'ap-1', number: 1, state: 'open' } });
      const { input, context } = lab.approvals.opened[0]!;
      expect(input).toMatchObject({
        kind: 'policy',
        action: { type: 'publish', name: 'lims-production', version: 1 },
        subject: { kind: 'policy', id: 'lims-production' },
        comment: 'the first one',
      });
      const approvable = lab.kinds.get('policy');
      const { content } = await approvable.dossier(input.action);
      expect(content).toMatchObject({ source: policy(), in_force: null, dry_run: { considered: 0, blocked: [] } });
      expect(await approvable.rules(input.action, KIM.id)).toEqual({
        order: 'parallel',
        steps: [
          { role: 'reviewer', approvals: 1 },
          { role: 'admin', approvals: 1 },
        ],
        expiresAfterHours: 168,
        excluded: [{ userId: context.actor.id, why: 'wrote this version of the policy' }],
      });
      expect(await lab.grant()).toMatchObject({ type: 'publish', name: 'lims-production', version: 1 });
      expect(await types('policy-lims-production')).toEqual(['PolicyDrafted', 'PolicyProposed', 'PolicyPublished']);
      expect(await lab.ask(version)).toMatchObject({
        rules: { policy: { name: 'lims-production', version: 1, digest: drafted.body.digest } },
      });
    });

    it('takes effect once, however often it is carried out', async () => {
      await lab.publish(policy());
      await lab.grant();
      await lab.grant({ idempotencyKey: 'another try' });
      expect((await types('policy-lims-production')).filter((type) => type === 'PolicyPublished')).toHaveLength(1);
    });

    it('of the same text again is the same version', async () => {
      await lab.send('POST', '/policies', { source: policy() });
      expect((await lab.send('POST', '/policies', { source: policy() })).body).toMatchObject({ version: 1 });
      expect((await lab.send('POST', '/policies', { source: policy(F1) })).body).toMatchObject({ version: 2 });
    });

    it('of a later version goes by the rules of the one in force, not by its own', async () => {
      await lab.publish(policy('publication: { steps: [{ role: auditor, approvals: 2 }], expires_after_hours: 24 }'));
      await lab.send('POST', '/policies', { source: policy('publication: { steps: [{ role: admin }] }') });
      await lab.send('POST', '/policies/lims-production/versions/2/proposal', { reason: 'easier' });
      const rules = await lab.kinds
        .get('policy')
        .rules({ type: 'publish', name: 'lims-production', version: 2 }, KIM.id);
      expect(rules).toMatchObject({
        steps: [{ role: 'auditor', approvals: 2 }],
        expiresAfterHours: 24,
        policy: { version: 1 },
      });
    });

    it('shows another dossier when another version came into force meanwhile, and can’t go back', async () => {
      const { version } = await lab.train({ metrics: { test_f1: 0.9 } });
      await lab.publish(policy());
      for (const source of [policy(F1), policy('description: third')]) await lab.send('POST', '/policies', { source });
      for (const number of [2, 3])
        await lab.send('POST', `/policies/lims-production/versions/${number}/proposal`, { reason: 'r' });
      const action = { type: 'publish', name: 'lims-production', version: 2 };
      const before = await lab.kinds.get('policy').dossier(action);
      await lab.grant();
      await expect(lab.kinds.get('policy').dossier(action)).rejects.toMatchObject({ code: 'policy-superseded' });
      await expect(
        lab.kinds.get('policy').carryOut(lab.as(RIA), { approvalId: 'ap-9', action, requester: KIM.id }),
      ).rejects.toMatchObject({ code: 'policy-superseded' });
      expect(before.content).toMatchObject({ in_force: { version: 1 } });
      expect(await gatesOf(version)).toEqual([]);
    });

    it('is undone by retiring, which is approved too', async () => {
      const { version } = await lab.train({});
      await lab.publish(policy());
      expect((await lab.send('POST', '/policies/lims-production/retirement', { reason: 'over' })).status).toBe(201);
      expect(await lab.ask(version)).toBeDefined();
      await lab.grant();
      await lab.grant({ idempotencyKey: 'again' });
      expect(await lab.ask(version)).toBeUndefined();
      expect((await lab.send('GET', '/policies')).body).toMatchObject({
        policies: [{ name: 'lims-production', status: 'retired', version_in_force: null }],
      });
      expect(await lab.send('POST', '/policies/lims-production/retirement', { reason: 'over' })).toMatchObject({
        status: 400,
        body: { code: 'policy-not-in-force' },
      });
    });

    it.each([
      ['POST', '/policies', { source: 'custody_policy: 1\n' }, 400, /line 1, column 1, name: it is missing/],
      ['POST', '/policies', { source: '' }, 400, /source/],
      ['POST', '/policies', { source: 'x'.repeat(70_000) }, 400, /source/],
      ['POST', '/policies/none/versions/1/proposal', { reason: 'r' }, 404, /there is no policy "none"/],
      ['POST', '/policies/..%2F..%2Fetc/retirement', { reason: 'r' }, 404, /no policy/],
      ['POST', '/policies/none/retirement', {}, 400, /reason/],
      ['GET', '/policies/none', undefined, 404, /no policy/],
      ['GET', '/policies/none/versions/0', undefined, 404, /no policy/],
      ['GET', `/models/${MODEL}/versions/x/gates`, undefined, 400, /version/],
      ['GET', `/models/${MODEL}/versions/7/gates`, undefined, 404, /version=7\) not found/],
      ['GET', `/models/none/versions/1/gates`, undefined, 404, /none not found/],
      ['GET', `/models/${MODEL}/versions/1/gates?stage=Prod`, undefined, 400, /stage/],
      ['GET', `/models/${MODEL}/versions/1/gates?stage=Staging&alias=champion`, undefined, 400, /not for both/],
    ] as const)('%s %s answers what is wrong', async (method, path, body, status, message) => {
      await lab.train({});
      const answer = await lab.send<{ message: string }>(method, path, body);
      expect([answer.status, answer.body.message]).toEqual([status, expect.stringMatching(message)]);
    });

    it('is not to be had for an action that is none, or was never proposed', async () => {
      await lab.send('POST', '/policies', { source: policy() });
      const kind = lab.kinds.get('policy');
      const wrong: readonly JsonObject[] = [
        {},
        { type: 'publish', name: 1, version: 1 },
        { type: 'erase', name: 'lims-production', version: 1 },
        { type: 'publish', name: 'lims-production', version: '1' },
      ];
      for (const action of wrong) await expect(kind.dossier(action)).rejects.toMatchObject({ code: 'action-invalid' });
      await expect(kind.dossier({ type: 'publish', name: 'lims-production', version: 1 })).rejects.toMatchObject({
        code: 'policy-not-proposed',
      });
      await expect(kind.rules({ type: 'retire', name: 'lims-production', version: 1 }, KIM.id)).rejects.toMatchObject({
        code: 'policy-not-in-force',
      });
    });
  });

  describe('judging', () => {
    it('looks at the run, and records each gate with what it looked at, why, and the digest of the evidence', async () => {
      await lab.publish(policy(F1));
      const { version, runId } = await lab.train({ metrics: { test_f1: 0.82 } });
      expect(await lab.ask(version)).toMatchObject({
        rules: {
          steps: [{ role: 'reviewer' }, { role: 'auditor' }],
          excluded: [{ userId: KIM.id, why: 'trained the run' }],
        },
        gates: [{ gate: 'metrics', passed: false, why: 'test_f1 is 0.82, at least 0.85 is needed' }],
      });
      expect(await evaluations()).toEqual([
        expect.objectContaining({
          name: MODEL,
          version,
          purpose: 'decision',
          passed: false,
          evidence: expect.stringMatching(/^[0-9a-f]{64}$/),
          policy: { name: 'lims-production', version: 1, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
          gates: [
            {
              gate: 'metrics',
              passed: false,
              why: 'test_f1 is 0.82, at least 0.85 is needed',
              inputs: { run_id: runId, metrics: { test_f1: 0.82 } },
            },
          ],
        }),
      ]);
    });

    it('records every decision, and an explanation only when it is another one', async () => {
      await lab.publish(policy(F1));
      const { version } = await lab.train({});
      const explain = () => lab.send('GET', `/models/${MODEL}/versions/${version}/gates`);
      for (let times = 0; times < 3; times++) await explain();
      expect(await evaluations()).toHaveLength(1);
      for (let times = 0; times < 2; times++) await lab.ask(version);
      expect(await evaluations()).toHaveLength(3);
    });

    it('explains what is missing, and who will have to approve', async () => {
      await lab.publish(policy(F1));
      const { version } = await lab.train({ metrics: { test_f1: 0.8 }, tags: { PHI_Included: 'Yes' } });
      expect((await lab.send('GET', `/models/${MODEL}/versions/${version}/gates?alias=Champion`)).body).toEqual({
        people: {},
        model: MODEL,
        version: '1',
        type: 'alias',
        to: 'Champion',
        governed: true,
        passed: false,
        policies: [{ name: 'lims-production', version: 1, digest: expect.any(String) }],
        gates: [expect.objectContaining({ policy: 'lims-production', gate: 'metrics', passed: false })],
        missing: ['test_f1 is 0.8, at least 0.85 is needed'],
        approvals: {
          order: 'parallel',
          steps: [
            { role: 'reviewer', approvals: 1 },
            { role: 'auditor', approvals: 1 },
            { role: 'privacy-officer', approvals: 1 },
          ],
          expires_after_hours: 168,
          excluded: [{ user_id: KIM.id, why: 'trained the run' }],
        },
      });
    });

    it('is for the models, stages and aliases that the policy names, on the way in and out', async () => {
      const { version } = await lab.train({ metrics: { test_f1: 0.1 } });
      await lab.publish(policy(F1));
      await lab.publish(policy(F1, 'others').replace('lims_*', 'air_*'));
      expect(await lab.ask(version, 'Staging')).toBeUndefined();
      expect(await lab.ask(version, 'challenger', 'alias')).toBeUndefined();
      expect(await lab.ask(version, 'CHAMPION', 'alias')).toMatchObject({ gates: [{ passed: false }] });
      await lab.move(version, 'Production');
      expect(await lab.ask(version, 'Archived')).toMatchObject({
        gates: [],
        rules: { steps: [{ role: 'reviewer' }, { role: 'auditor' }] },
      });
      await lab.alias(version, 'champion');
      expect(await lab.ask(version, 'champion', 'delete-alias')).toMatchObject({ gates: [] });
    });

    it('takes the place of what holds without a policy, for its own models only', async () => {
      const { version } = await lab.train({});
      const modelId = (await lab.room.app.get(ModelReader).find(MODEL))!;
      const rules: ApprovalRules = { order: 'parallel', steps: [], expiresAfterHours: 1, excluded: [] };
      class Otherwise extends PromotionRules {
        async of() {
          return { rules, gates: [] };
        }
      }
      const first = new PoliciesFirst(lab.rules, new Otherwise());
      const action = { type: 'stage', modelId, name: MODEL, version, to: 'Production' } as const;
      expect(await first.of(lab.as(RIA), action)).toEqual({ rules, gates: [] });
      await lab.publish(policy());
      expect(await first.of(lab.as(RIA), action)).toMatchObject({ rules: { policy: { name: 'lims-production' } } });
      expect(await lab.rules.governs(lab.as(RIA), { name: 'lims_new' })).toBe(true);
      expect(await lab.rules.governs(lab.as(RIA), { name: 'air' })).toBe(false);
    });

    it('by several policies asks for all of them, each recorded', async () => {
      const { version } = await lab.train({});
      await lab.publish(policy());
      await lab.publish(policy(F1, 'strict').replace('role: auditor', 'role: privacy-officer, approvals: 2'));
      const asked = await lab.ask(version);
      expect(asked!.gates.map(({ gate }) => gate)).toEqual(['strict: metrics']);
      expect(asked!.rules).toMatchObject({
        policy: { name: 'lims-production + strict' },
        steps: [
          { role: 'reviewer', approvals: 1 },
          { role: 'auditor', approvals: 1 },
          { role: 'privacy-officer', approvals: 2 },
        ],
      });
      expect((await evaluations()).map(({ policy: of }) => (of as { name: string }).name)).toEqual([
        'lims-production',
        'strict',
      ]);
    });

    it('keeps out also whoever trained under a service’s name, and who registered', async () => {
      await lab.publish(policy());
      const worker = { ...person('u-worker', 'analyst'), kind: 'service' as const, onBehalfOf: RIA.id };
      const { version } = await lab.train({ by: worker });
      expect((await lab.ask(version))!.rules.excluded).toEqual([{ userId: RIA.id, why: 'trained the run' }]);
    });

    it('sees the model’s signature, and that bytes are not what was recorded any more', async () => {
      await lab.publish(policy('gates: [{ gate: model_signature }, { gate: artifacts_verified }]'));
      const good = await lab.train({});
      const bad = await lab.train({ mlmodel: 'flavors: { sklearn: {} }\n' });
      const broken = await lab.train({ mlmodel: `signature: ${'['.repeat(5000)}` });
      expect(await gatesOf(good.version)).toEqual([
        ['model_signature', true],
        ['artifacts_verified', true],
      ]);
      expect(await gatesOf(bad.version)).toEqual([
        ['model_signature', false],
        ['artifacts_verified', true],
      ]);
      expect(await gatesOf(broken.version)).toEqual([
        ['model_signature', false],
        ['artifacts_verified', true],
      ]);
      rmSync(join(lab.room.folder, 'artifacts'), { recursive: true });
      expect((await gatesOf(good.version))[1]).toEqual(['artifacts_verified', false]);
    });

    it('compares with Production on the same data only, by row for what must be disjoint', async () => {
      const [training, testing] = [
        await lab.dataset('train', CSV),
        await lab.dataset('test', CSV.replace('S3,7.2', 'S9,5.5')),
      ];
      const other = await lab.dataset('other', 'sample_id,ph_level,is_contaminated\nT1,1,0\nT2,2,1\n');
      await lab.publish(
        policy(`gates:
  - { gate: no_worse_than_production, metrics: [{ metric: test_f1, margin: 0.01 }] }
  - { gate: data_registered, contexts: [training, testing] }
  - { gate: disjoint_data, by: [sample_id] }`),
      );
      const first = await lab.train({ metrics: { test_f1: 0.9 }, data: { training, testing: other } });
      expect(await gatesOf(first.version)).toEqual([
        ['no_worse_than_production', true],
        ['data_registered', true],
        ['disjoint_data', true],
      ]);
      await lab.move(first.version, 'Production');
      const second = await lab.train({ metrics: { test_f1: 0.89 }, data: { training, testing: other } });
      expect(await gatesOf(second.version)).toEqual([
        ['no_worse_than_production', true],
        ['data_registered', true],
        ['disjoint_data', true],
      ]);
      const third = await lab.train({ metrics: { test_f1: 0.99 }, data: { training, testing } });
      const { gates } = (await lab.ask(third.version))!;
      expect(gates.map(({ passed }) => passed)).toEqual([false, true, false]);
      expect(gates[0]!.why).toMatch(/measured on other data/);
      expect(gates[2]!.why).toBe('2 rows of the test data testing are in the training data training');
      const unknown = await lab.train({
        metrics: { test_f1: 0.99 },
        data: { training, testing: `d-${'0'.repeat(32)}` },
      });
      expect((await lab.ask(unknown.version))!.gates.map(({ passed }) => passed)).toEqual([false, false, false]);
    });

    it('believes a reproduction that a service recorded, and no person’s word', async () => {
      const training = await lab.dataset('train', CSV);
      await lab.publish(policy('gates: [{ gate: reproduction_verified }]'));
      const { version } = await lab.train({ data: { training }, params: { trees: '10' } });
      const again = await lab.train({ data: { training }, params: { trees: '10' } });
      const robot = { ...person('u-robot', 'analyst'), kind: 'service' as const };
      const gate = async () => (await lab.ask(version))!.gates[0]!;
      expect(await gate()).toMatchObject({ passed: false });
      await lab.tag(version, 'custody.reproduced_in', again.runId);
      expect(await gate()).toMatchObject({ passed: false, why: expect.stringContaining('set by a person') });
      await lab.tag(version, 'custody.reproduced_in', 'x', robot);
      expect(await gate()).toMatchObject({ passed: false });
      await lab.tag(version, 'custody.reproduced_in', again.runId, robot);
      expect(await gate()).toMatchObject({ passed: true });
    });
  });

  describe('a trial on the history', () => {
    it('judges each move by what the log held just before it', async () => {
      const weak = await lab.train({ metrics: { test_f1: 0.8 } });
      const strong = await lab.train({ metrics: { test_f1: 0.9 } });
      await lab.move(weak.version, 'Staging');
      await lab.move(weak.version, 'Production');
      await lab.move(strong.version, 'Production');
      await lab.alias(weak.version, 'champion');
      // What was logged later does not make the move any better.
      await lab.tag(weak.version, 'Use_Case', 'later');
      const { body } = await lab.send<{ dry_run: { transitions: { version: number; to: string; why: unknown[] }[] } }>(
        'POST',
        '/policies/check',
        {
          source: policy(
            `${F1.replace(/]$/, '')}, { gate: required_tags, tags: { Use_Case: [] } }, { gate: artifacts_verified }]`,
          ),
          transitions: 2,
        },
      );
      expect(body).toMatchObject({
        valid: true,
        dry_run: { considered: 2, blocked: 2, left_out: [] },
      });
      expect(body.dry_run.transitions.map(({ version, to, why }) => [version, to, why])).toEqual([
        [
          weak.version,
          '@champion',
          [
            { gate: 'metrics', why: 'test_f1 is 0.8, at least 0.85 is needed' },
            { gate: 'required_tags', why: 'the tag Use_Case is not set: set it on the version' },
          ],
        ],
        [
          strong.version,
          'Production',
          [{ gate: 'required_tags', why: 'the tag Use_Case is not set: set it on the version' }],
        ],
      ]);
    });

    it('reads the files that each version had, and names what is damaged by now', async () => {
      const [first, second] = [await lab.train({}), await lab.train({ mlmodel: `${MLMODEL}\n` })];
      for (const { version } of [first, second]) await lab.move(version, 'Production');
      const source = policy('gates: [{ gate: artifacts_verified }]');
      const tried = async () => (await lab.send('POST', '/policies/check', { source })).body['dry_run'];
      expect(await tried()).toMatchObject({ considered: 2, blocked: 0, left_out: [] });
      rmSync(join(lab.room.folder, 'artifacts'), { recursive: true });
      const why = [{ gate: 'artifacts_verified', why: 'not what was recorded: MLmodel, model.pkl' }];
      expect(await tried()).toMatchObject({ considered: 2, blocked: 2, transitions: [{ why }, { why }] });
    });

    it('leaves out the files of older moves where they are too much to read, and says so', async () => {
      const [first, second] = [await lab.train({}), await lab.train({ mlmodel: `${MLMODEL}\n` })];
      for (const { version } of [first, second]) await lab.move(version, 'Production');
      const tried = policy('gates: [{ gate: artifacts_verified }]');
      await lab.send('POST', '/policies/check', { source: tried });
      rmSync(join(lab.room.folder, 'artifacts'), { recursive: true });
      const enough = Buffer.byteLength(`${MLMODEL}\n`) + Buffer.byteLength('bytes');
      const [models, gatherer] = [lab.room.app.get(ReadModels), lab.room.app.get(Gatherer, { strict: false })];
      const trials = new DryRuns(models, gatherer, enough);
      const { blocked, leftOut } = await trials.run(policyOf(tried));
      expect([blocked.map(({ version }) => version), leftOut]).toEqual([[second.version], ['artifacts_verified']]);
    });

    it('is part of what is approved, and changes nothing', async () => {
      const { version } = await lab.train({ metrics: { test_f1: 0.8 } });
      await lab.move(version, 'Production');
      await lab.send('POST', '/policies', { source: policy(F1) });
      await lab.send('POST', '/policies/lims-production/versions/1/proposal', { reason: 'r' });
      const { action } = lab.approvals.opened[0]!.input;
      const before = await lab.kinds.get('policy').dossier(action);
      expect(before.content).toMatchObject({
        dry_run: { considered: 1, blocked: [{ model: MODEL, version, to: 'Production' }] },
      });
      await lab.move(version, 'Archived');
      await lab.move(version, 'Production');
      expect((await lab.kinds.get('policy').dossier(action)).digest).toBe(before.digest);
      expect(await evaluations()).toEqual([]);
    });

    it('leaves out the way back by a rollback, which no policy stops, and compares with what was in Production then', async () => {
      const versions = [await lab.train({ metrics: { test_f1: 0.9 } }), await lab.train({ metrics: { test_f1: 0.5 } })];
      for (const { version } of versions) await lab.move(version, 'Production');
      await lab.send('POST', `/models/${MODEL}/rollback`, { reason: 'worse' });
      const source = policy('gates: [{ gate: no_worse_than_production, metrics: [{ metric: test_f1 }] }]');
      const { body } = await lab.send('POST', '/policies/check', { source });
      expect(body).toMatchObject({ dry_run: { considered: 2, blocked: 1 } });
    });

    it('compares with what was in Production last, also when nothing is there any more', async () => {
      const versions = [await lab.train({ metrics: { test_f1: 0.9 } }), await lab.train({ metrics: { test_f1: 0.5 } })];
      await lab.move(versions[0]!.version, 'Production');
      await lab.move(versions[0]!.version, 'Archived');
      await lab.move(versions[1]!.version, 'Production');
      const source = policy('gates: [{ gate: no_worse_than_production, metrics: [{ metric: test_f1 }] }]');
      const { body } = await lab.send('POST', '/policies/check', { source });
      expect(body).toMatchObject({ dry_run: { considered: 2, blocked: 1 } });
    });

    it('of a text that is wrong says what is wrong', async () => {
      const { status, body } = await lab.send('POST', '/policies/check', { source: policy('gatez: []') });
      expect(status).toBe(200);
      expect(body).toMatchObject({ valid: false, problems: [{ line: 8, column: 1, field: 'gatez' }] });
    });
  });
});
