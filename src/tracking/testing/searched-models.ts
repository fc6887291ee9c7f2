import fc from 'fast-check';
import { Agreeing } from '../../mlflow/search/testing/agreement.js';
import { aKey, aMetric, aText, aTime, differing, some } from '../../mlflow/search/testing/data.js';
import { Value, Want, WantOrder } from '../../mlflow/search/testing/naive.js';
import { listed, numeric, spoken, textual, timed } from '../../mlflow/search/testing/wants.js';
import type { DatasetRef } from '../queries/logged-models/query.js';
import { LoggedModelSearchLab } from './model-search-lab.js';

/** A logged model with all that a search can look at. */
export interface SearchedModel {
  readonly model_id: string;
  readonly experiment_id: string;
  readonly name: string;
  readonly status: string;
  readonly model_type: string;
  readonly source_run_id: string;
  readonly artifact_location: string;
  readonly creation_timestamp: number;
  readonly last_updated_timestamp: number;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly points: readonly SearchedPoint[];
}
export interface SearchedPoint {
  readonly key: string;
  readonly timestamp: number;
  readonly step: number;
  readonly value: number;
  readonly run_id: string;
  readonly dataset?: { readonly name: string; readonly digest: string } | undefined;
}
export interface ModelScope {
  readonly experimentIds: readonly string[];
  readonly datasets: readonly DatasetRef[];
}

const anExperiment = fc.constantFrom('1', '2');
const aDataset = fc.record({ name: fc.constantFrom('train', 'test', "t'"), digest: fc.constantFrom('d1', 'd2') });
const aDatasetRef = fc.record(
  { name: fc.constantFrom('train', 'test', "t'"), digest: fc.constantFrom('d1', 'd2') },
  { requiredKeys: ['name'] },
);
const aPoint: fc.Arbitrary<SearchedPoint> = fc.record({
  key: aKey,
  timestamp: fc.integer({ min: 0, max: 2 }),
  step: fc.integer({ min: 0, max: 1 }),
  value: aMetric,
  run_id: fc.constantFrom('r1', 'r2'),
  dataset: fc.option(aDataset, { nil: undefined }),
});
/** What a read model takes for the same point. */
const placeOf = ({ key, timestamp, step, run_id, value }: SearchedPoint): string =>
  JSON.stringify([key, timestamp, step, run_id, String(value)]);
const STATUSES = ['PENDING', 'READY', 'FAILED'] as const;

export const modelsWith = (value: fc.Arbitrary<string>): fc.Arbitrary<SearchedModel[]> =>
  differing(
    fc.record({
      model_id: fc.stringMatching(/^m-[0-9a-f]{4}$/),
      experiment_id: anExperiment,
      name: aText,
      status: fc.constantFrom(...STATUSES),
      model_type: aText,
      source_run_id: aText,
      artifact_location: aText,
      creation_timestamp: aTime,
      last_updated_timestamp: aTime,
      params: some(value),
      tags: some(value),
      points: fc.uniqueArray(aPoint, { maxLength: 5, selector: placeOf }),
    }),
    ({ model_id }) => model_id,
  );

const aTextual = fc.constantFrom(
  ...['name', 'model_id', 'experiment_id', 'status', 'status_message', 'model_type', 'source_run_id'],
  ...['artifact_location', 'lifecycle_stage'],
);
const TIMES = { creation: 'creation_timestamp', updated: 'last_updated_timestamp' } as const;
const wants = fc.oneof(
  { weight: 2, arbitrary: textual('attributes', aTextual) },
  { weight: 2, arbitrary: listed('attributes', aTextual) },
  textual('attributes', 'status', fc.constantFrom(...STATUSES, 'r%', '%e%')),
  textual('attributes', 'lifecycle_stage', fc.constantFrom('active', 'deleted', 'ACT%')),
  timed(fc.constantFrom(...Object.values(TIMES))),
  { weight: 3, arbitrary: numeric('metrics') },
  textual('params'),
  listed('params'),
  textual('tags'),
  listed('tags'),
);

const byAttribute = (key: string, descending: boolean): WantOrder => ({ entity: 'attributes', key, descending });
const ATTRIBUTES = ['name', 'model_id', 'status', 'model_type', 'source_run_id', 'experiment_id'];
const aName = fc.constantFrom(...ATTRIBUTES, 'artifact_location', 'status_message', ...Object.values(TIMES));
const orders: fc.Arbitrary<WantOrder> = fc.oneof(
  fc.tuple(aName, fc.boolean()).map(([key, descending]) => byAttribute(key, descending)),
  fc.record({ entity: fc.constant('metrics' as const), key: aKey, descending: fc.boolean() }),
  fc.record({ entity: fc.constant('metrics' as const), key: aKey, descending: fc.boolean(), dataset: aDatasetRef }),
);

export const SEARCHED_MODELS: Agreeing<SearchedModel, ModelScope> = {
  items: modelsWith(aText),
  scopes: fc.record({
    experimentIds: fc.uniqueArray(anExperiment, { minLength: 1 }),
    datasets: fc.oneof(fc.constant([]), fc.array(aDatasetRef, { maxLength: 2 })),
  }),
  wants: spoken(wants, { attributes: ['', 'attributes'] }, true),
  orders,
  id: ({ model_id }) => model_id,
  inScope: ({ experiment_id, points }, { experimentIds, datasets }) =>
    experimentIds.includes(experiment_id) &&
    (datasets.length === 0 || points.some((point) => measuredOn(point, datasets))),
  values: (model, { entity, key }, { datasets }) => {
    if (entity !== 'metrics') return [textOf(model, entity, key)].filter((value) => value !== undefined);
    const points = model.points.filter((point) => point.key === key);
    return points.filter((point) => datasets.length === 0 || measuredOn(point, datasets)).map(({ value }) => value);
  },
  sortValue: (model, { entity, key, dataset }) =>
    entity === 'metrics' ? lastPoint(model, key, dataset)?.value : textOf(model, entity, key),
  byDefault: [byAttribute(TIMES.creation, true), byAttribute('model_id', false)],
  ties: [byAttribute(TIMES.creation, true), byAttribute('model_id', false)],
  open: (models) => new LoggedModelSearchLab(models),
};

const measuredOn = ({ dataset }: SearchedPoint, wanted: readonly DatasetRef[]): boolean =>
  wanted.some(({ name, digest }) => dataset?.name === name && (digest === undefined || dataset.digest === digest));

function textOf(model: SearchedModel, entity: Want['entity'], key: string): Value | undefined {
  if (entity === 'params' || entity === 'tags')
    return Object.hasOwn(model[entity], key) ? model[entity][key] : undefined;
  if (key === 'lifecycle_stage') return 'active';
  return key === 'status_message' ? undefined : model[key as 'name'];
}

/** The newest, then of the furthest step, then of the first run; of more than one there, what was logged first. */
function lastPoint({ points }: SearchedModel, key: string, dataset: DatasetRef | undefined): SearchedPoint | undefined {
  const measured = points.filter((point) => point.key === key && (!dataset || measuredOn(point, [dataset])));
  return measured.toSorted(
    (a, b) => b.timestamp - a.timestamp || b.step - a.step || (a.run_id < b.run_id ? -1 : a.run_id > b.run_id ? 1 : 0),
  )[0];
}
