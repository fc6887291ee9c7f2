import { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import { CustodyError, errors, fromIso, namePattern } from '../../core/index.js';
import { aliasName } from '../../registry/index.js';
import { DecidingRole, FreezeWindow, PolicyDocument, Step } from './policy.js';
import { GATES, POLICY_SCHEMA } from './schema.js';
import { fieldOf, Located, Path, Problem, readYaml } from './yaml.js';

const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  useDefaults: true,
  discriminator: true,
  strict: true,
  strictRequired: false,
  ownProperties: true,
});
const fits: ValidateFunction<PolicyDocument> = ajv.compile<PolicyDocument>(POLICY_SCHEMA);

export type Checked =
  | { readonly ok: true; readonly document: PolicyDocument }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A policy from its text, or all that is wrong with it, in the order of its lines. */
export function checkPolicy(text: string): Checked {
  const read = readYaml(text);
  if ('length' in read) return { ok: false, problems: read };
  const { value } = read;
  const problems = fits(value) ? meaningless(value, read) : (fits.errors ?? []).flatMap((error) => told(error, read));
  if (problems.length > 0) return { ok: false, problems: sorted(problems).slice(0, 20) };
  return { ok: true, document: value as PolicyDocument };
}

/** @throws CustodyError `policy-invalid`, naming line and field of everything that is wrong */
export function policyOf(text: string, field = 'source'): PolicyDocument {
  const checked = checkPolicy(text);
  if (checked.ok) return checked.document;
  throw errors.invalid('policy-invalid', checked.problems.map(sentence).join('; '), field);
}

export const sentence = ({ line, column, field, message }: Problem): string =>
  `line ${line}, column ${column}${field === '' ? '' : `, ${field}`}: ${message}`;

const sorted = (problems: readonly Problem[]): readonly Problem[] =>
  [...new Map(problems.map((each) => [sentence(each), each])).values()].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  );

const pathOf = (pointer: string): Path =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const hint = (schema: unknown): string => {
  const { description } = (schema ?? {}) as { readonly description?: string };
  return description === undefined ? '' : ` (${description})`;
};

interface Objects {
  readonly properties?: Readonly<Record<string, unknown>>;
}

function told(error: ErrorObject, { at }: Located): readonly Problem[] {
  const path = pathOf(error.instancePath);
  const here = (message: string) => [{ ...at(path), field: fieldOf(path), message }];
  const params = error.params as Readonly<Record<string, string>>;
  const { properties = {} } = (error.parentSchema ?? {}) as Objects;
  switch (error.keyword) {
    case 'required': {
      const name = params['missingProperty']!;
      return [{ ...at(path), field: fieldOf([...path, name]), message: `it is missing${hint(properties[name])}` }];
    }
    case 'additionalProperties': {
      const name = params['additionalProperty']!;
      const message = `there is no such field; here may stand ${Object.keys(properties).join(', ')}`;
      return [{ ...at(path, name), field: fieldOf([...path, name]), message }];
    }
    case 'discriminator':
      return [
        {
          ...at([...path, 'gate']),
          field: fieldOf([...path, 'gate']),
          message: `${shown((error.data as { gate?: unknown } | null)?.gate)} is no gate; there are ${Object.keys(GATES).join(', ')}`,
        },
      ];
    case 'enum':
      return here(
        `${shown(error.data)} is none of ${(error.params as { allowedValues: string[] }).allowedValues.join(', ')}`,
      );
    case 'const':
      return here(
        `${shown(error.data)} must be ${shown((error.params as { allowedValue: unknown }).allowedValue)}${hint(error.parentSchema)}`,
      );
    case 'type':
      return here(`${shown(error.data)} is no ${WORDS[params['type']!] ?? params['type']}${hint(error.parentSchema)}`);
    case 'minItems':
    case 'minProperties':
      return here(`it is empty${hint(error.parentSchema)}`);
    default:
      return here(`${shown(error.data)} ${error.message ?? 'is not allowed'}${hint(error.parentSchema)}`);
  }
}

const WORDS: Readonly<Record<string, string>> = {
  array: 'list: write [a, b], or a line with - for each',
  object: 'group of fields: write them indented below',
  string: 'text: put it in quotation marks',
  boolean: 'true or false',
  integer: 'whole number',
};

/** What a schema can't say: patterns, times, and fields that must or must not come together. */
function meaningless(policy: PolicyDocument, { at }: Located): readonly Problem[] {
  const problems: Problem[] = [];
  const wrong = (path: Path, message: string) => void problems.push({ ...at(path), field: fieldOf(path), message });
  const attempt = (path: Path, check: () => unknown) => {
    try {
      check();
    } catch (error) {
      if (!(error instanceof CustodyError)) throw error;
      wrong(path, error.message);
    }
  };
  policy.models.forEach((pattern, index) => attempt(['models', index], () => namePattern(pattern)));
  policy.protects.aliases.forEach((alias, index) => attempt(['protects', 'aliases', index], () => aliasName(alias)));
  if (policy.protects.stages.length + policy.protects.aliases.length === 0)
    wrong(['protects'], 'it protects nothing: name a stage (stages: [Production]) or an alias (aliases: [champion])');
  policy.gates.forEach((gate, index) => {
    const path = ['gates', index] as const;
    if (gate.gate === 'metrics') gate.metrics.forEach((each, i) => bounded(each, [...path, 'metrics', i], wrong));
    if (
      gate.gate === 'cool_down' &&
      gate.after_registration_hours === undefined &&
      gate.after_promotion_hours === undefined
    )
      wrong(path, 'it waits for nothing: give after_registration_hours or after_promotion_hours');
  });
  policy.freeze_windows.forEach((window, index) => {
    const problem = windowProblem(window);
    if (problem !== undefined) wrong(['freeze_windows', index], problem);
  });
  twice(policy.freeze_windows.map(({ name }) => name)).forEach((name) =>
    wrong(['freeze_windows'], `two are called ${name}`),
  );
  stepsOf(policy).forEach(([path, steps]) =>
    twice(steps.map(({ role }) => role)).forEach((role: DecidingRole) =>
      wrong(path, `the role ${role} stands here twice; raise its approvals instead`),
    ),
  );
  policy.change_plan?.modifications.forEach((each, index) => {
    const path = ['change_plan', 'modifications', index] as const;
    each.limits.forEach((limit, i) => bounded(limit, [...path, 'limits', i], wrong));
    if (each.parameters !== undefined && !each.changes.includes('parameters'))
      wrong([...path, 'parameters'], 'parameters may change only where changes names parameters');
  });
  twice(policy.change_plan?.modifications.map(({ kind }) => kind) ?? []).forEach((kind) =>
    wrong(['change_plan', 'modifications'], `two kinds are called ${kind}`),
  );
  return problems;
}

type Wrong = (path: Path, message: string) => void;

function bounded(
  limit: { readonly at_least?: number; readonly at_most?: number; readonly margin?: number },
  path: Path,
  wrong: Wrong,
): void {
  const { at_least: least, at_most: most, margin } = limit;
  if (least === undefined && most === undefined && margin === undefined)
    wrong(path, 'it limits nothing: give at_least or at_most');
  if (least !== undefined && most !== undefined && least > most)
    wrong(path, `nothing is at least ${least} and at most ${most}`);
}

const stepsOf = (policy: PolicyDocument): readonly (readonly [Path, readonly Step[]])[] => [
  [['approvals', 'steps'], policy.approvals.steps],
  [['publication', 'steps'], policy.publication?.steps ?? []],
  ...(policy.change_plan?.modifications ?? []).map(
    ({ steps }, index) => [['change_plan', 'modifications', index, 'steps'], steps] as const,
  ),
];

const twice = <T>(values: readonly T[]): readonly T[] => [
  ...new Set(values.filter((each, i) => values.indexOf(each) !== i)),
];

/** A window is between two times, or comes back every week. */
export function windowProblem(window: FreezeWindow): string | undefined {
  const { from, to, days, start, end, timezone } = window as Readonly<Record<string, string | undefined>>;
  const [dated, weekly] = [
    from !== undefined || to !== undefined,
    [days, start, end, timezone].some((x) => x !== undefined),
  ];
  if (dated === weekly) return 'give from and to, or days, start, end and timezone';
  if (dated) {
    const [first, last] = [fromIso(from ?? ''), fromIso(to ?? '')];
    if (first === undefined || last === undefined)
      return 'from and to are times in ISO 8601, e.g. 2026-12-20T00:00:00Z';
    return first < last ? undefined : 'to must be later than from';
  }
  if (days === undefined || start === undefined || end === undefined || timezone === undefined)
    return 'a weekly window has days, start, end and timezone (e.g. UTC)';
  if (start === '24:00') return 'a window can’t start at 24:00; it is 00:00 of the next day';
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return undefined;
  } catch {
    return `${shown(timezone)} is no IANA time zone, such as UTC or Europe/Vienna`;
  }
}
