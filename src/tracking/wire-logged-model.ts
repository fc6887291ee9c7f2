import { PersonalData } from '../core/index.js';
import { LoggedModel, ModelStatus } from './logged-model/events.js';
import { LoggedModelView } from './queries/logged-models/query.js';
import { LoggedModelMetricRow, LoggedModelRow } from './queries/logged-models/table.js';
import { ERASED } from './queries/runs/projection.js';
import { loggedModelUri, metricToWire, unlessEmpty } from './wire.js';

/** In the order of MLflow's numbers, which count from 1 here: 0 says nothing. */
export const STATUS_ON_WIRE: Readonly<Record<ModelStatus, string>> = {
  PENDING: 'LOGGED_MODEL_PENDING',
  READY: 'LOGGED_MODEL_READY',
  FAILED: 'LOGGED_MODEL_UPLOAD_FAILED',
};

export function statusOfWire(value: unknown): ModelStatus | undefined {
  const statuses = Object.entries(STATUS_ON_WIRE) as [ModelStatus, string][];
  return statuses.find(([, name], index) => [name, index + 1, String(index + 1)].includes(value as string))?.[0];
}

type Row = Omit<LoggedModelRow, 'deleted'>;
type Pairs = readonly { readonly key: string; readonly value: string }[];

const toWire = (row: Row, params: Pairs, tags: Pairs, metrics: readonly LoggedModelMetricRow[]) => ({
  info: {
    model_id: row.model_id,
    experiment_id: row.experiment_id,
    name: row.name,
    creation_timestamp_ms: row.creation_timestamp,
    last_updated_timestamp_ms: row.last_updated_timestamp,
    artifact_uri: row.artifact_location,
    status: STATUS_ON_WIRE[row.status as ModelStatus],
    model_type: row.model_type,
    source_run_id: row.source_run_id,
    tags: unlessEmpty(tags.map(({ key, value }) => ({ key, value }))),
  },
  data: {
    params: unlessEmpty(params.map(({ key, value }) => ({ key, value }))),
    metrics: unlessEmpty(metrics.map(modelMetricToWire)),
  },
});

const modelMetricToWire = (row: LoggedModelMetricRow) => ({
  ...metricToWire(row),
  dataset_name: row.dataset_name ?? undefined,
  dataset_digest: row.dataset_digest ?? undefined,
  model_id: row.model_id,
  run_id: row.run_id,
});

export const loggedModelToWire = ({ model, params, tags, metrics }: LoggedModelView) =>
  toWire(model, params, tags, metrics);

/** A model as its own command left it, before any read model has it. Metrics are with the runs that logged them. */
export function stateToWire(id: string, model: LoggedModel, personal: PersonalData) {
  const row = {
    model_id: id,
    experiment_id: model.experimentId,
    name: model.name,
    status: model.status,
    model_type: model.modelType ?? '',
    source_run_id: model.sourceRunId ?? '',
    artifact_location: loggedModelUri(model.experimentId, id),
    creation_timestamp: model.createdAt,
    last_updated_timestamp: model.updatedAt,
  };
  const params = [...model.params].map(([key, value]) => ({ key, value }));
  const tags = [...model.tags].map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? value : (personal.unseal(value) ?? ERASED),
  }));
  const byKey = (a: { readonly key: string }, b: { readonly key: string }) => (a.key < b.key ? -1 : 1);
  return toWire(row, params.toSorted(byKey), tags.toSorted(byKey), []);
}
