import { Change, ChangePlan, Modification } from '../document/policy.js';
import { Evidence, VersionEvidence } from './evidence.js';
import { Finding } from './gate-result.js';
import { inputsFor } from './gates/data.js';
import { measuredOn, metricOf, outOfBounds, placeOf, within, worseBy } from './gates/metrics.js';
import { own } from './gates/tags.js';

/** Where a version stands to the plan: inside it, by this kind of modification; outside; or nothing to compare it with. */
export type Standing =
  | { readonly at: 'inside'; readonly modification: Modification }
  | { readonly at: 'authorised'; readonly why: string }
  | { readonly at: 'outside'; readonly why: readonly string[] }
  | { readonly at: 'first' };

export interface Difference {
  readonly change: Change;
  readonly what: string;
}

const ALGORITHM = 'Model_Type';

/** What is other than in Production. What can't be told counts as changed: a plan permits only what it can see. */
export function differences(version: VersionEvidence, production: VersionEvidence): readonly Difference[] {
  const [run, other] = [version.run, production.run];
  const found: Difference[] = [];
  const add = (change: Change, what: string) => void found.push({ change, what });
  const data = (each: VersionEvidence) =>
    each.run &&
    inputsFor(each.run, 'training')
      .map(({ digest, snapshot }) => snapshot?.sha256 ?? digest)
      .sort()
      .join();
  if (!data(version) || data(version) !== data(production)) add('data', 'the training data');
  const changed = changedParameters(version, production);
  if (changed === undefined) add('parameters', 'the parameters are not known');
  else if (changed.length > 0) add('parameters', `the parameters ${changed.join(', ')}`);
  const features = ({ files }: VersionEvidence) => files?.signature && [...files.signature.inputs].sort().join('\n');
  if (!features(version) || features(version) !== features(production)) add('features', 'the features');
  const algorithm = ({ files, tags, runTags }: VersionEvidence) =>
    JSON.stringify([
      [...(files?.flavors ?? [])].sort(),
      own(tags, ALGORITHM)?.value ?? own(runTags, ALGORITHM) ?? null,
    ]);
  if (!version.files || algorithm(version) !== algorithm(production)) add('algorithm', 'the kind of model');
  if (run?.code === undefined || run.code !== other?.code) add('code', 'the code');
  return found;
}

function changedParameters(version: VersionEvidence, production: VersionEvidence): readonly string[] | undefined {
  if (!version.run || !production.run) return undefined;
  const [now, before] = [version.run.params, production.run.params];
  const keys = [...new Set([...Object.keys(now), ...Object.keys(before)])].sort();
  return keys.filter((key) => own(now, key) !== own(before, key));
}

export function standing(plan: ChangePlan, { model, version, production }: Evidence): Standing {
  const exception = plan.authorised.find((each) => each.model === model && each.version === version.version);
  if (exception) return { at: 'authorised', why: exception.why };
  if (!production) return { at: 'first' };
  const problems = plan.modifications.map((each) => [each, against(each, version, production)] as const);
  const inside = problems.find(([, found]) => found.length === 0);
  if (inside) return { at: 'inside', modification: inside[0] };
  return { at: 'outside', why: problems.map(([{ kind }, found]) => `not ${kind}: ${found.join(', ')}`) };
}

function against(modification: Modification, version: VersionEvidence, production: VersionEvidence): readonly string[] {
  const other = differences(version, production)
    .filter(({ change }) => !modification.changes.includes(change))
    .map(({ what }) => `${what} changed or can’t be compared`);
  const allowed = modification.parameters;
  const parameters = (allowed === undefined ? [] : (changedParameters(version, production) ?? []))
    .filter((key) => !allowed!.includes(key))
    .map((key) => `the parameter ${key} may not change`);
  return [...other, ...parameters, ...modification.limits.flatMap((limit) => beyond(limit, version, production))];
}

function beyond(
  limit: Modification['limits'][number],
  version: VersionEvidence,
  production: VersionEvidence,
): readonly string[] {
  const { metric, margin, better = 'higher' } = limit;
  const out = outOfBounds(limit, version.run);
  const [value, than] = [metricOf(version.run, metric), metricOf(production.run, metric)];
  if (out.length > 0 || margin === undefined || value === undefined) return out;
  if (than === undefined) return [`${placeOf(production)} has no number under ${metric}`];
  const [on, other] = [measuredOn(version.run!, metric), measuredOn(production.run!, metric)];
  if (on === undefined || on !== other) return [`${metric} was not measured on the same data as in Production`];
  return within(worseBy({ better }, value, than), margin)
    ? []
    : [`${metric} is more than ${margin} worse than in Production`];
}

export function changePlan(plan: ChangePlan, evidence: Evidence): Finding {
  const at = standing(plan, evidence);
  const { version, production } = evidence;
  const changed = production ? differences(version, production) : [];
  return {
    inputs: {
      plan: plan.reference,
      production_version: production?.version ?? null,
      changed: changed.map(({ change, what }) => `${change}: ${what}`),
      standing: at.at,
      kind: at.at === 'inside' ? at.modification.kind : null,
    },
    missing:
      at.at === 'outside'
        ? [
            `outside ${plan.reference}: ${at.why.join('; ')}. It takes a new authorisation: publish the policy with a wider plan, or with this version under authorised`,
          ]
        : [],
    fine: fine(at, plan),
  };
}

function fine(at: Standing, { reference }: ChangePlan): string {
  switch (at.at) {
    case 'inside':
      return `inside ${reference}: ${at.modification.kind}`;
    case 'authorised':
      return `authorised outside ${reference}: ${at.why}`;
    case 'first':
      return `nothing was in Production yet, so ${reference} has nothing to compare it with`;
    case 'outside':
      return '';
    default:
      return at satisfies never;
  }
}
