import { ExperimentView } from './queries/experiments/query.js';
import type { RunView } from './queries/runs/query.js';
import { MetricRow } from './queries/runs/table.js';
import { DatasetInput, MetricValue, Param, Run } from './run/events.js';

/** Empty lists and unset fields are left out, as proto3's JSON does. */
export const unlessEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);
export const artifactUri = (experimentId: string, runId: string): string =>
  `mlflow-artifacts:/${experimentId}/${runId}/artifacts`;

export const loggedModelUri = (experimentId: string, modelId: string): string =>
  `mlflow-artifacts:/${experimentId}/models/${modelId}/artifacts`;

export function experimentToWire({
  experiment_id,
  name,
  artifact_location,
  deleted,
  created,
  updated,
  tags,
}: ExperimentView) {
  return {
    experiment_id,
    name,
    artifact_location,
    lifecycle_stage: deleted ? 'deleted' : 'active',
    creation_time: created,
    last_update_time: updated,
    // MLflow's clients name it even where there is but one.
    workspace: 'default',
    tags: unlessEmpty(tags.map(({ key, value }) => ({ key, value }))),
  };
}

type Point = Pick<MetricRow, 'key' | 'value' | 'timestamp' | 'step' | 'is_nan'>;

/** NaN and the infinities are words on the wire. */
export const metricToWire = ({ key, value, timestamp, step, is_nan }: Point) => ({
  key,
  value: is_nan ? 'NaN' : Number.isFinite(value) ? value : value > 0 ? 'Infinity' : '-Infinity',
  timestamp,
  step,
});

export function runToWire({ run, deleted, params, tags, metrics, inputs, models }: RunView) {
  const { run_id, experiment_id, name, status, start_time, end_time, user } = run;
  return {
    info: {
      run_id,
      run_uuid: run_id,
      run_name: name,
      experiment_id,
      user_id: user,
      status,
      start_time,
      end_time: end_time ?? undefined,
      artifact_uri: artifactUri(experiment_id, run_id),
      lifecycle_stage: deleted ? 'deleted' : 'active',
    },
    data: {
      metrics: unlessEmpty(metrics.map(metricToWire)),
      params: unlessEmpty(params.map(({ key, value }) => ({ key, value }))),
      tags: unlessEmpty(tags.map(({ key, value }) => ({ key, value }))),
    },
    inputs: {
      dataset_inputs: unlessEmpty(inputs.map(inputToWire)),
      model_inputs: unlessEmpty(models.filter(({ role }) => role === 'input').map(({ model_id }) => ({ model_id }))),
    },
    outputs: {
      model_outputs: unlessEmpty(
        models.filter(({ role }) => role === 'output').map(({ model_id, step }) => ({ model_id, step })),
      ),
    },
  };
}

const inputToWire = ({ name, digest, sourceType, source, schema, profile, tags }: DatasetInput) => ({
  dataset: { name, digest, source_type: sourceType, source, schema, profile },
  tags: unlessEmpty(tags),
});

/** A run as its own command left it, before any read model has it; what is sealed in it, as the client `sent` it. */
export function startedToWire(
  runId: string,
  { experimentId, name, status, startTime, endTime, lifecycle, tags }: Run,
  user: string | undefined,
  sent: readonly Param[] = [],
) {
  const plain = new Map(sent.map(({ key, value }) => [key, value]));
  return {
    info: {
      run_id: runId,
      run_uuid: runId,
      run_name: name,
      experiment_id: experimentId,
      user_id: user ?? '',
      status,
      start_time: startTime,
      end_time: endTime,
      artifact_uri: artifactUri(experimentId, runId),
      lifecycle_stage: lifecycle,
    },
    data: {
      tags: unlessEmpty(
        [...tags].flatMap(([key, value]) => {
          const shown = typeof value === 'string' ? value : plain.get(key);
          return shown === undefined ? [] : [{ key, value: shown }];
        }),
      ),
    },
    inputs: {},
  };
}

/** What JSON can't say comes in as words, in any of the spellings that MLflow's clients send. */
export function metricValue(value: unknown): MetricValue | undefined {
  const number =
    // Letters other than an exponent's would make it hexadecimal, octal or binary to JavaScript.
    typeof value === 'string' && value.trim() !== '' && !/[box]/i.test(value)
      ? Number(value.replace(/^([+-]?)inf(inity)?$/i, '$1Infinity'))
      : value;
  if (typeof number !== 'number') return undefined;
  if (Number.isNaN(number)) return typeof value === 'number' || /^nan$/i.test(String(value)) ? 'NaN' : undefined;
  return Number.isFinite(number) ? number : number > 0 ? 'Infinity' : '-Infinity';
}
