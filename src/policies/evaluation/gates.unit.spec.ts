import { describe, expect, it } from '@jest/globals';
import { Stage } from '../../registry/index.js';
import { policyOf } from '../document/check.js';
import { FreezeWindow, Gate } from '../document/policy.js';
import { AGAIN, evidence, input, KIM, ROBOT, run, version } from '../testing/evidence.js';
import { evaluate } from './evaluate.js';
import { Evidence, OverlapEvidence } from './evidence.js';
import { GateResult } from './gate-result.js';
import { REPRODUCED_IN } from './gates/reproduction.js';

const POLICY = policyOf(`
custody_policy: 1
name: p
models: ["*"]
protects: { stages: [Production], aliases: [champion] }
approvals: { steps: [{ role: reviewer }] }
`);

const look = (gate: Gate, given: Evidence): GateResult => evaluate({ ...POLICY, gates: [gate] }, given)[0]!;
const passes = (gate: Gate, given: Evidence) =>
  expect(look(gate, given)).toMatchObject({ gate: gate.gate, passed: true });
const fails = (gate: Gate, given: Evidence, why: RegExp): void => {
  const found = look(gate, given);
  expect(found.passed).toBe(false);
  expect(found.why).toMatch(why);
};
const of = (more: Parameters<typeof version>[0]) => evidence({ version: version(more) });
const ofRun = (more: Parameters<typeof run>[0]) => of({ run: run(more) });
const tag = (value: string, byService = false) => ({ value, by: byService ? ROBOT : KIM, byService });

describe('required tags', () => {
  const gate: Gate = { gate: 'required_tags', tags: { Data_Source: [], PHI_Included: ['Yes', 'No'] } };
  it('may stand on the run', () => passes(gate, evidence()));
  it('count as the version says them, where it does', () =>
    fails(gate, of({ tags: { PHI_Included: tag('Maybe') } }), /PHI_Included is 'Maybe', allowed is Yes or No/));
  it('are missing where they are nowhere, or empty', () => {
    fails(gate, of({ runTags: {} }), /Data_Source is not set.*; the tag PHI_Included is not set: set it to Yes or No/);
    fails(gate, of({ tags: { Data_Source: tag(' ') } }), /Data_Source is not set/);
  });
  it('are not taken from the prototype of anything', () =>
    fails({ gate: 'required_tags', tags: { constructor: [] } }, evidence(), /constructor is not set/));
  it('are recorded with what they were', () =>
    expect(look(gate, evidence()).inputs).toEqual({ Data_Source: 'LIMS_Silver_Layer_v2', PHI_Included: 'No' }));
});

describe('metric thresholds', () => {
  const gate = (at_least?: number, at_most?: number): Gate => ({
    gate: 'metrics',
    metrics: [{ metric: 'test_f1', at_least, at_most }],
  });
  it('pass on the limit itself', () => passes(gate(0.9, 0.9), evidence()));
  it('name the value and the limit', () => {
    fails(gate(0.91), evidence(), /test_f1 is 0.9, at least 0.91 is needed/);
    fails(gate(undefined, 0.5), evidence(), /at most 0.5 is allowed/);
  });
  it.each(['NaN', 'Infinity', '-Infinity'] as const)('never pass for %s', (value) =>
    fails(gate(0, 1), ofRun({ metrics: { test_f1: { value } } }), /no number under the metric test_f1/),
  );
  it('fail without the metric, or without a run', () => {
    fails(gate(0), ofRun({ metrics: {} }), /no number/);
    fails(gate(0), of({ run: undefined }), /names no run/);
  });
});

describe('no worse than Production', () => {
  const gate = (margin: number, better: 'higher' | 'lower' = 'higher'): Gate => ({
    gate: 'no_worse_than_production',
    metrics: [{ metric: 'test_f1', margin, better }],
  });
  const last = (value: number, more: Parameters<typeof run>[0] = {}, stage: Stage = 'Production') =>
    evidence({ production: version({ version: 1, stage, run: run({ metrics: { test_f1: { value } }, ...more }) }) });
  const against = (value: number, more: Parameters<typeof run>[0] = {}) => last(value, more);
  it('passes where nothing is in Production', () => passes(gate(0), evidence()));
  it('passes within the margin, whatever rounding does', () => {
    passes(gate(0.01), against(0.91));
    passes(gate(0), against(0.9));
    passes(gate(0), against(0.8));
  });
  it('names both values', () =>
    fails(gate(0.01), against(0.92), /test_f1 is 0.9, version 1 in Production has 0.92; at most 0.01 worse/));
  it('says that the other one is in Production no more', () =>
    fails(gate(0), last(0.95, {}, 'Archived'), /version 1, last in Production, has 0.95/));
  it('may want less', () => {
    passes(gate(0, 'lower'), against(0.95));
    fails(gate(0, 'lower'), against(0.85), /is allowed/);
  });
  it('compares only what was measured on the same data', () => {
    fails(
      gate(0),
      against(0.8, { inputs: [input('testing', 'c'.repeat(64))] }),
      /other data \(bbbbbbbbbbbb\) than that of version 1/,
    );
    fails(
      gate(0),
      evidence({ ...against(0.8), version: version({ run: run({ inputs: [] }) }) }),
      /not certain on which data/,
    );
  });
  it('believes the point that says what it was measured on', () => {
    const metrics = { test_f1: { value: 0.9, dataset: 'c'.repeat(32) } };
    const inputs = [input('training'), input('', 'c'.repeat(64))];
    passes(
      gate(0),
      evidence({
        version: version({ run: run({ metrics, inputs }) }),
        production: version({ run: run({ metrics, inputs }) }),
      }),
    );
  });
  it('fails where Production has no such metric', () =>
    fails(gate(0), against(0.8, { metrics: {} }), /in Production has no number/));
});

describe('registered data', () => {
  const gate: Gate = { gate: 'data_registered', contexts: ['training', 'testing'] };
  it('passes with a snapshot for each use', () => passes(gate, evidence()));
  it('takes other names of testing for it', () =>
    passes(gate, ofRun({ inputs: [input('train'), input('eval', 'b'.repeat(64))] })));
  it('fails without one, without registration and without bytes', () => {
    fails(gate, ofRun({ inputs: [input('training')] }), /names no data set for testing/);
    fails(
      gate,
      ofRun({ inputs: [input('training', undefined, { snapshot: undefined }), input('testing')] }),
      /no registered snapshot/,
    );
    const lost = input('training');
    fails(
      gate,
      ofRun({ inputs: [{ ...lost, snapshot: { ...lost.snapshot!, kept: false } }, input('testing')] }),
      /bytes of .* are missing/,
    );
    fails(gate, of({ run: undefined }), /names no run/);
  });
});

describe('lineage', () => {
  const gate: Gate = { gate: 'lineage', require: ['run', 'finished', 'parameters', 'code'] };
  it('passes when all of it is recorded', () => passes(gate, evidence()));
  it.each([
    [{ status: 'RUNNING' }, /RUNNING, not FINISHED/],
    [{ deleted: true }, /is deleted/],
    [{ params: {} }, /no parameters/],
    [{ code: undefined }, /which code/],
  ] as const)('fails for %j', (more, why) => fails(gate, ofRun(more), why));
  it('asks for what it is told to', () => passes({ gate: 'lineage', require: ['run'] }, ofRun({ status: 'FAILED' })));
});

describe('the model’s signature', () => {
  const gate: Gate = { gate: 'model_signature' };
  const files = version().files!;
  it('passes with inputs', () => passes(gate, evidence()));
  it.each([
    [{ ...files, signature: undefined }, /no signature/],
    [{ ...files, signature: { inputs: [], outputs: [] } }, /no signature/],
    [{ ...files, description: 'missing' as const }, /no file MLmodel/],
    [{ ...files, description: 'unreadable' as const }, /can’t be read/],
    [{ ...files, kept: false }, /not kept here/],
    [undefined, /not kept here/],
  ])('fails for %#', (given, why) => fails(gate, of({ files: given }), why));
});

describe('verified artifacts', () => {
  const gate: Gate = { gate: 'artifacts_verified' };
  const files = version().files!;
  it('pass when each was read', () => passes(gate, evidence()));
  it.each([
    [{ ...files, damaged: ['model.pkl'] }, /not what was recorded: model.pkl/],
    [{ ...files, damaged: undefined }, /were not read/],
    [{ ...files, files: 0 }, /has no files/],
    [{ ...files, kept: false }, /not kept here/],
  ])('fail for %#', (given, why) => fails(gate, of({ files: given }), why));
});

describe('a verified reproduction', () => {
  const gate: Gate = { gate: 'reproduction_verified' };
  const claimed = (byService = true, value = AGAIN, again: Parameters<typeof run>[0] | undefined = {}) =>
    evidence({
      version: version({ tags: { [REPRODUCED_IN]: tag(value, byService) } }),
      reproduction: { runId: value, run: run({ runId: value, ...again }) },
    });
  it('passes when a service names another finished run with the same data and parameters', () =>
    passes(gate, claimed()));
  it.each([
    [evidence(), /nobody recorded/],
    [claimed(false), /set by a person/],
    [claimed(true, run().runId), /no reproduction of itself/],
    [claimed(true, AGAIN, { status: 'FAILED' }), /FAILED, not FINISHED/],
    [claimed(true, AGAIN, { deleted: true }), /there is no run/],
    [claimed(true, AGAIN, { inputs: [input('training', 'f'.repeat(64))] }), /other data/],
    [claimed(true, AGAIN, { params: {} }), /other parameters/],
    [{ ...claimed(), reproduction: undefined }, /there is no run/],
  ])('fails for %#', (given, why) => fails(gate, given, why));
});

describe('disjoint training and test data', () => {
  const gate = (split = false, by?: readonly string[]): Gate => ({ gate: 'disjoint_data', split, by });
  const overlap = (shared: number, more: Partial<OverlapEvidence> = {}): OverlapEvidence => ({
    by: [],
    training: 'a'.repeat(64),
    testing: 'b'.repeat(64),
    shared,
    columns: ['ph_level'],
    ...more,
  });
  it('passes when they share no row', () => passes(gate(), evidence({ overlaps: [overlap(0)] })));
  it('counts what they share', () =>
    fails(
      gate(),
      evidence({ overlaps: [overlap(3)] }),
      /3 rows of the test data samples testing are in the training data/,
    ));
  it('is only certain of what was compared, by the columns asked for', () => {
    fails(gate(), evidence(), /were not compared/);
    fails(gate(false, ['sample_id']), evidence({ overlaps: [overlap(0)] }), /were not compared/);
    fails(
      gate(),
      evidence({ overlaps: [overlap(0, { problem: 'they have no column in common' })] }),
      /no column in common/,
    );
  });
  it('takes one snapshot that a run split when the policy says so, and no row is in it twice', () => {
    const one = { version: version({ run: run({ inputs: [input('training')] }) }) };
    const same = { testing: 'a'.repeat(64) };
    fails(gate(), evidence(one), /names no test data/);
    passes(gate(true), evidence({ ...one, overlaps: [overlap(0, same)] }));
    fails(gate(true), evidence({ ...one, overlaps: [overlap(2, same)] }), /2 rows are twice in samples training/);
  });
  it('fails where the rows are not known', () =>
    fails(
      gate(),
      ofRun({ inputs: [input('training', undefined, { snapshot: undefined }), input('testing')] }),
      /can't be compared/,
    ));
});

describe('cooling down', () => {
  const gate = (after_registration_hours?: number, after_promotion_hours?: number): Gate => ({
    gate: 'cool_down',
    after_registration_hours,
    after_promotion_hours,
  });
  it('passes at the hour itself', () => passes(gate(5), evidence()));
  it('says until when', () =>
    fails(gate(6), evidence(), /6 hours must pass after the version was registered: not before 2026-01-05T15:00:00/));
  it('counts from the last promotion, where there was one', () => {
    passes(gate(undefined, 6), evidence());
    fails(gate(undefined, 6), evidence({ promotedAt: Date.UTC(2026, 0, 5, 13) }), /last came into Production/);
  });
});

describe('freeze windows', () => {
  const at = (at: string, window: Omit<FreezeWindow, 'name'>) =>
    evaluate({ ...POLICY, freeze_windows: [{ name: 'w', ...window } as FreezeWindow] }, evidence({ at }))[0]!.passed;
  const dated = { from: '2026-12-20T00:00:00Z', to: '2027-01-02T00:00:00Z' };
  const friday = { days: ['fri' as const], start: '16:00', end: '24:00', timezone: 'Europe/Vienna' };
  const night = { days: ['fri' as const], start: '22:00', end: '06:00', timezone: 'UTC' };
  it.each([
    ['2026-12-19T23:59:59Z', dated, true],
    ['2026-12-20T00:00:00Z', dated, false],
    ['2027-01-01T23:59:59Z', dated, false],
    ['2027-01-02T00:00:00Z', dated, true],
    // In winter Vienna is an hour ahead, in summer two.
    ['2026-01-09T14:59:00Z', friday, true],
    ['2026-01-09T15:00:00Z', friday, false],
    ['2026-07-10T14:00:00Z', friday, false],
    ['2026-01-09T23:00:00Z', friday, true],
    ['2026-01-09T21:59:00Z', night, true],
    ['2026-01-09T22:00:00Z', night, false],
    ['2026-01-10T05:59:00Z', night, false],
    ['2026-01-10T06:00:00Z', night, true],
    ['2026-01-10T22:00:00Z', night, true],
  ])('at %s of %j: open is %s', (time, window, open) => expect(at(time, window)).toBe(open));
});

describe('a version that leaves Production', () => {
  it('is held up by no gate', () => {
    const gates: readonly Gate[] = [{ gate: 'metrics', metrics: [{ metric: 'none', at_least: 1 }] }];
    const leaving = evidence({ target: { type: 'stage', to: 'Archived' }, version: version({ stage: 'Production' }) });
    expect(evaluate({ ...POLICY, gates }, leaving)).toEqual([]);
    expect(evaluate({ ...POLICY, gates }, evidence({ target: { type: 'delete-alias', to: 'champion' } }))).toEqual([]);
    expect(evaluate({ ...POLICY, gates }, evidence({ target: { type: 'alias', to: 'champion' } }))[0]!.passed).toBe(
      false,
    );
  });
});
