import { Json } from '../../../core/index.js';
import { Gate, NoWorse, Threshold } from '../../document/policy.js';
import { Evidence, RunEvidence, VersionEvidence } from '../evidence.js';
import { Finding } from '../gate-result.js';
import { own } from './tags.js';

type Metrics = Extract<Gate, { gate: 'metrics' }>;
type NoWorseThanProduction = Extract<Gate, { gate: 'no_worse_than_production' }>;

/** A number to compare with; NaN and infinities are none, and never pass. */
export function metricOf(run: RunEvidence | undefined, key: string): number | undefined {
  const value = run && own(run.metrics, key)?.value;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function outOfBounds(
  { metric, at_least: least, at_most: most }: Threshold,
  run: RunEvidence | undefined,
): readonly string[] {
  const value = metricOf(run, metric);
  if (value === undefined) return [`the run has no number under the metric ${metric}`];
  if (least !== undefined && value < least) return [`${metric} is ${value}, at least ${least} is needed`];
  if (most !== undefined && value > most) return [`${metric} is ${value}, at most ${most} is allowed`];
  return [];
}

export function thresholds({ metrics }: Metrics, { version: { run } }: Evidence): Finding {
  return {
    inputs: { run_id: run?.runId ?? null, metrics: valuesOf(run, metrics) },
    missing: run
      ? metrics.flatMap((each) => outOfBounds(each, run))
      : ['the version names no run, so it has no metrics'],
    fine: metrics.map(({ metric }) => `${metric} is ${metricOf(run, metric)}`).join(', '),
  };
}

const valuesOf = (
  run: RunEvidence | undefined,
  metrics: readonly { readonly metric: string }[],
): Record<string, Json> =>
  Object.fromEntries(metrics.map(({ metric }) => [metric, (run && own(run.metrics, metric)?.value) ?? null]));

const TESTS: readonly string[] = ['testing', 'test', 'evaluation', 'eval', 'validation'];
export const isTest = (context: string): boolean => TESTS.includes(context.toLowerCase());
export const isTraining = (context: string): boolean => ['', 'training', 'train'].includes(context.toLowerCase());

/**
 * The digest of the data that a metric was measured on: what the point says, else the run's test data, else
 * the one data set that the run used. Of a registered snapshot it is the SHA-256 of its bytes.
 */
export function measuredOn(run: RunEvidence, metric: string): string | undefined {
  const said = own(run.metrics, metric)?.dataset;
  const tests = run.inputs.filter(({ context }) => isTest(context));
  const among = tests.length > 0 ? tests : run.inputs;
  const found = said === undefined ? among : run.inputs.filter(({ digest }) => digest === said);
  const digests = [...new Set(found.map(({ digest, snapshot }) => snapshot?.sha256 ?? digest))];
  if (digests.length === 1) return digests[0];
  return digests.length === 0 ? said : undefined;
}

export const worseBy = ({ better }: Pick<NoWorse, 'better'>, value: number, than: number): number =>
  better === 'higher' ? than - value : value - than;

/** Rounding of the subtraction must not decide: 0.9 - 0.89 is more than 0.01 in binary. */
const EPSILON = 1e-12;
export const within = (worse: number, margin: number): boolean => worse <= margin + EPSILON;

export function noWorse({ metrics }: NoWorseThanProduction, { version, production }: Evidence): Finding {
  if (!production) {
    return {
      inputs: { production_version: null },
      missing: [],
      fine: 'nothing was in Production yet that it could be worse than',
    };
  }
  return {
    inputs: {
      production_version: production.version,
      metrics: Object.fromEntries(metrics.map((each) => [each.metric, compared(each, version, production)])),
    },
    missing: metrics.flatMap((each) => worse(each, version, production)),
    fine: metrics
      .map(
        ({ metric }) =>
          `${metric} is ${metricOf(version.run, metric)}, version ${production.version} has ${metricOf(production.run, metric)}`,
      )
      .join('; '),
  };
}

export const placeOf = ({ version, stage }: VersionEvidence): string =>
  stage === 'Production' ? `version ${version} in Production` : `version ${version}, last in Production,`;

const compared = ({ metric }: NoWorse, { run }: VersionEvidence, { run: other }: VersionEvidence): Json => ({
  value: metricOf(run, metric) ?? null,
  measured_on: (run && measuredOn(run, metric)) ?? null,
  production: metricOf(other, metric) ?? null,
  production_measured_on: (other && measuredOn(other, metric)) ?? null,
});

function worse(each: NoWorse, version: VersionEvidence, production: VersionEvidence): readonly string[] {
  const { metric, margin } = each;
  const [value, than] = [metricOf(version.run, metric), metricOf(production.run, metric)];
  if (value === undefined) return [`the run has no number under the metric ${metric}`];
  if (than === undefined) return [`${placeOf(production)} has no number under ${metric}`];
  const [on, other] = [measuredOn(version.run!, metric), measuredOn(production.run!, metric)];
  if (on === undefined)
    return [`it is not certain on which data ${metric} was measured: log the data set with the run`];
  if (on !== other)
    return [
      `${metric} was measured on other data (${on.slice(0, 12)}) than that of version ${production.version} (${(other ?? 'unknown').slice(0, 12)})`,
    ];
  const by = worseBy(each, value, than);
  if (within(by, margin)) return [];
  return [`${metric} is ${value}, ${placeOf(production)} has ${than}; at most ${margin} worse is allowed`];
}
