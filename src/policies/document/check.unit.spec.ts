import { describe, expect, it } from '@jest/globals';
import { checkPolicy, policyOf, sentence } from './check.js';

const POLICY = `custody_policy: 1
name: lims-production
models: ["lims_*"]
protects: { stages: [Production], aliases: [champion] }
approvals:
  steps:
    - { role: reviewer }
    - { role: auditor, approvals: 1 }
gates:
  - gate: required_tags
    tags: { PHI_Included: [Yes, No], Use_Case: [] }
  - gate: metrics
    metrics:
      - { metric: test_f1, at_least: 0.85 }
`;

const problems = (text: string) => {
  const checked = checkPolicy(text);
  return checked.ok ? [] : checked.problems.map(sentence);
};
const changed = (from: string, to: string) => problems(POLICY.replace(from, to));

describe('a policy in YAML', () => {
  it('is read with what was left out filled in', () => {
    expect(policyOf(POLICY)).toEqual({
      custody_policy: 1,
      name: 'lims-production',
      description: '',
      models: ['lims_*'],
      protects: { stages: ['Production'], aliases: ['champion'], leaving: true },
      approvals: {
        order: 'parallel',
        expires_after_hours: 168,
        steps: [
          { role: 'reviewer', approvals: 1 },
          { role: 'auditor', approvals: 1 },
        ],
        additional: [],
      },
      separation_of_duties: ['trained_run', 'registered_version'],
      gates: [
        { gate: 'required_tags', tags: { PHI_Included: ['Yes', 'No'], Use_Case: [] } },
        { gate: 'metrics', metrics: [{ metric: 'test_f1', at_least: 0.85 }] },
      ],
      freeze_windows: [],
    });
  });

  it('takes Yes and No for texts, as YAML 1.2 does', () => expect(problems(POLICY)).toEqual([]));

  it.each([
    [
      'a field that is missing',
      'name: lims-production\n',
      '',
      /^line \d+, column \d+, name: it is missing \(lower-case/,
    ],
    [
      'a field that is misspelled',
      'models:',
      'model:',
      /line 3, column 1, model: there is no such field; here may stand .*models/,
    ],
    [
      'a name that is none',
      'lims-production',
      'LIMS Production',
      /^line 2, column 1, name: "LIMS Production" must match/,
    ],
    [
      'a role that can’t decide',
      'role: auditor',
      'role: analyst',
      /^line 8, column 9, approvals.steps\[1\].role: "analyst" is none of reviewer, auditor/,
    ],
    [
      'a gate that there is not',
      'gate: metrics',
      'gate: metric',
      /^line 12, column 5, gates\[1\].gate: "metric" is no gate; there are required_tags, /,
    ],
    [
      'a text instead of a number',
      'at_least: 0.85',
      'at_least: high',
      /^line 14, .*gates\[1\].metrics\[0\].at_least: "high" is no number \(the lowest/,
    ],
    [
      'a threshold without a limit',
      ', at_least: 0.85',
      '',
      /gates\[1\].metrics\[0\]: it limits nothing: give at_least or at_most/,
    ],
    ['limits that exclude each other', '0.85 }', '0.85, at_most: 0.1 }', /nothing is at least 0.85 and at most 0.1/],
    ['a regular expression for a pattern', '"lims_*"', '"lims_.*"', /^line 3, .*models\[0\]: this is no name pattern/],
    [
      'nothing that is protected',
      'stages: [Production], aliases: [champion]',
      '',
      /^line 4, column 1, protects: it protects nothing/,
    ],
    [
      'a role that stands twice',
      'role: auditor',
      'role: reviewer',
      /^line 6, .*approvals.steps: the role reviewer stands here twice/,
    ],
    ['another version of the format', 'custody_policy: 1', 'custody_policy: 2', /custody_policy: 2 must be 1/],
    ['a number that is none', 'at_least: 0.85', 'at_least: .nan', /at_least/],
    ['a value without a list', '[Yes, No]', 'Yes', /PHI_Included: "Yes" is no list: write \[a, b\]/],
  ])('names line, field and the way out of %s', (_what, from, to, message) => {
    const found = changed(from, to);
    expect(found.join('\n')).toMatch(message);
  });

  it.each([
    ['an alias', '[Yes, No]', '&a [Yes, No]', /anchor \(&a\) is not allowed/],
    [
      'a reference',
      'models: ["lims_*"]',
      'models: [&x lims, *x]',
      /alias \(\*x\) is not allowed here: write the value out/,
    ],
    ['a tag', '"lims_*"', '!secret lims', /is no YAML|tag \(!secret\)/],
    ['a type of JavaScript', '"lims_*"', '!!js/function "x"', /is no YAML|tag/],
    ['a key twice', 'models:', 'name: other\nmodels:', /line 3.*unique/i],
    ['a second document', 'custody_policy: 1', 'custody_policy: 1\n---\na: b', /is no YAML/],
    ['a prototype', 'models:', '__proto__: { x: 1 }\nmodels:', /__proto__ is no field/],
    ['a merge key', 'models:', '<<: { x: 1 }\nmodels:', /<<: there is no such field/],
    ['a key that is no text', 'models:', '? [a]\n: b\nmodels:', /plain text/],
  ])('refuses %s', (_what, from, to, message) => {
    expect(changed(from, to).join('\n')).toMatch(message);
  });

  it.each([
    ['too many bytes', `# ${'x'.repeat(65 * 1024)}`, /at most 65536 bytes/],
    ['deep lists', '['.repeat(30_000), /nested deeper|no YAML/],
    ['deep lists of lines', `${'- '.repeat(30_000)}x`, /nested deeper|no YAML/],
    ['an aliases bomb', `a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]`, /anchor/],
    ['nothing', '', /is no group of fields/],
    ['a text', 'hello', /is no group of fields/],
    ['a NUL', 'a: "\0"', /./],
  ])('refuses %s', (_what, text, message) => {
    expect(problems(text).join('\n')).toMatch(message);
  });

  it('tells all that is wrong at once, by line', () => {
    const text = POLICY.replace('reviewer', 'boss').replace('0.85', 'x').replace('name:', 'nam:');
    expect(problems(text).map((each) => /^line (\d+)/.exec(each)![1])).toEqual(
      ['1', '2', '7', '14'].sort((a, b) => +a - +b),
    );
  });
});

describe('a freeze window', () => {
  const withWindow = (window: string) => problems(`${POLICY}freeze_windows:\n  - { name: w, ${window} }\n`);
  it.each([
    'from: 2026-12-20T00:00:00Z, to: 2027-01-02T00:00:00Z',
    'days: [fri], start: "16:00", end: "24:00", timezone: Europe/Vienna',
  ])('may be %s', (window) => expect(withWindow(window)).toEqual([]));
  it.each([
    ['from: 2026-12-20', /from and to are times/],
    ['from: 2027-01-02, to: 2026-12-20', /to must be later/],
    ['days: [fri], start: "16:00", end: "24:00"', /timezone/],
    ['days: [fri], start: "16:00", end: "24:00", timezone: Nowhere', /no IANA time zone/],
    ['days: [fri], from: 2026-12-20, to: 2026-12-21', /give from and to, or days/],
    ['days: [friday], start: "16:00", end: "24:00", timezone: UTC', /"friday" is none of mon/],
    ['days: [fri], start: "25:00", end: "24:00", timezone: UTC', /"25:00" must match/],
  ])('may not be %s', (window, message) => expect(withWindow(window).join('\n')).toMatch(message));
});
