import { describe, expect, it } from '@jest/globals';
import { policyOf } from '../document/check.js';
import { evidence, input, KIM, ROBOT, run, version } from '../testing/evidence.js';
import { evaluate } from './evaluate.js';
import { Evidence } from './evidence.js';
import { rulesOf, together } from './rules.js';

const POLICY = policyOf(`
custody_policy: 1
name: p
models: ["*"]
protects: { stages: [Production] }
approvals:
  steps: [{ role: reviewer, approvals: 2 }, { role: auditor }]
  additional:
    - { when: { tag: PHI_Included, values: ["Yes"] }, role: privacy-officer }
    - { when: { tag: Risk, values: [high] }, role: reviewer }
change_plan:
  reference: PCCP-7
  modifications:
    - kind: retraining
      changes: [data]
      limits: [{ metric: test_f1, at_least: 0.85, margin: 0.01 }]
      steps: [{ role: reviewer }]
    - kind: tuning
      changes: [parameters]
      parameters: [n_estimators]
      limits: [{ metric: test_f1, at_least: 0.85 }]
      steps: [{ role: auditor }]
  authorised:
    - { model: lims_contamination_detector, version: 9, why: "clinical study 12" }
`);

const production = version({ version: 1 });
const against = (more: Parameters<typeof run>[0], of: Parameters<typeof version>[0] = {}): Evidence =>
  evidence({ production, version: version({ run: run(more), ...of }) });
const plan = (given: Evidence) => evaluate(POLICY, given).find(({ gate }) => gate === 'change_plan')!;
const steps = (given: Evidence) => rulesOf(POLICY, given).steps;
const FULL = [
  { role: 'reviewer', approvals: 2 },
  { role: 'auditor', approvals: 1 },
];
const retrained = { inputs: [input('training', 'e'.repeat(64)), input('testing', 'b'.repeat(64))] };

describe('a predetermined change control plan', () => {
  it('has nothing to compare a first version with: it takes the full path', () => {
    expect(plan(evidence())).toMatchObject({
      passed: true,
      why: expect.stringContaining('nothing was in Production yet'),
    });
    expect(steps(evidence())).toEqual(FULL);
  });

  it('lets a kind of modification within its limits take the short path', () => {
    expect(plan(against(retrained))).toMatchObject({ passed: true, why: 'inside PCCP-7: retraining' });
    expect(steps(against(retrained))).toEqual([{ role: 'reviewer', approvals: 1 }]);
    expect(steps(against({ params: { n_estimators: '200', max_depth: '5' } }))).toEqual([
      { role: 'auditor', approvals: 1 },
    ]);
  });

  it.each([
    [
      'another parameter than the plan names',
      against({ params: { n_estimators: '100', max_depth: '9' } }),
      /the parameter max_depth may not change/,
    ],
    ['data and parameters at once', against({ ...retrained, params: {} }), /not retraining: the parameters .* changed/],
    ['code that changed', against({ code: 'other' }), /the code changed/],
    ['code that nobody knows', against({ code: undefined }), /the code changed or can’t be compared/],
    [
      'a limit that is not met',
      against({ ...retrained, metrics: { test_f1: { value: 0.8 } } }),
      /test_f1 is 0.8, at least 0.85/,
    ],
    [
      'a margin that is passed',
      against({ ...retrained, metrics: { test_f1: { value: 0.88 } } }),
      /more than 0.01 worse/,
    ],
    [
      'a comparison on other data',
      against({ inputs: [input('training', 'e'.repeat(64))] }),
      /not measured on the same data/,
    ],
    [
      'a feature more',
      against({}, { files: { ...version().files!, signature: { inputs: ['x: double'], outputs: [] } } }),
      /the features changed/,
    ],
    [
      'another kind of model',
      against({}, { tags: { Model_Type: { value: 'XGBoost', by: KIM, byService: false } } }),
      /the kind of model changed/,
    ],
    ['files that are not kept', against({}, { files: undefined }), /the features changed or can’t be compared/],
    [
      'no run',
      evidence({ production, version: version({ run: undefined }) }),
      /the training data changed or can’t be compared/,
    ],
  ])('blocks %s until it is newly authorised, and takes no short path', (_what, given, why) => {
    const found = plan(given);
    expect(found).toMatchObject({ passed: false, inputs: { standing: 'outside', production_version: 1 } });
    expect(found.why).toMatch(why);
    expect(found.why).toMatch(/^outside PCCP-7: .*It takes a new authorisation/);
    expect(steps(given)).toEqual(FULL);
  });

  it('lets what was authorised one by one pass by the full path', () => {
    const given = against({ code: 'other' }, { version: 9 });
    expect(plan(given)).toMatchObject({ passed: true, why: 'authorised outside PCCP-7: clinical study 12' });
    expect(steps(given)).toEqual(FULL);
    expect(plan({ ...given, model: 'another' }).passed).toBe(false);
  });
});

describe('who has to approve', () => {
  it('is one more for what is tagged so, wherever the tag stands', () => {
    const officer = { role: 'privacy-officer', approvals: 1 };
    const no = { value: 'No', by: KIM, byService: false };
    expect(
      steps(evidence({ version: version({ runTags: { PHI_Included: 'Yes' }, tags: { PHI_Included: no } }) })),
    ).toEqual([...FULL, officer]);
    expect(steps(evidence({ modelTags: { PHI_Included: 'Yes' } }))).toEqual([...FULL, officer]);
    expect(steps(evidence({ modelTags: { Risk: 'high' } }))[0]).toEqual({ role: 'reviewer', approvals: 3 });
  });

  it('is nobody who trained the run or registered the version', () => {
    const given = evidence({ version: version({ registeredBy: ROBOT }) });
    expect(rulesOf(POLICY, given).excluded).toEqual([
      { userId: ROBOT, why: 'registered the version' },
      { userId: KIM, why: 'trained the run' },
    ]);
    expect(rulesOf({ ...POLICY, separation_of_duties: [] }, given).excluded).toEqual([]);
  });

  it('is what any of several policies asks for', () => {
    const one = rulesOf(POLICY, evidence());
    const other = {
      ...one,
      order: 'sequential' as const,
      expiresAfterHours: 4,
      steps: [{ role: 'reviewer' as const, approvals: 3 }],
      excluded: [],
    };
    expect(together([one, other])).toEqual({
      order: 'sequential',
      expiresAfterHours: 4,
      steps: [
        { role: 'reviewer', approvals: 3 },
        { role: 'auditor', approvals: 1 },
      ],
      excluded: one.excluded,
    });
  });
});
