import fc from 'fast-check';
import { PlanLimits } from '../../mlflow/index.js';
import { Agreeing } from '../../mlflow/search/testing/agreement.js';
import { aMetric, aKey, aText, aTime, differing, some } from '../../mlflow/search/testing/data.js';
import { Value, WantOrder } from '../../mlflow/search/testing/naive.js';
import { orderTexts } from '../../mlflow/search/testing/tables.js';
import { listed, numeric, presence, spoken, textual, timed } from '../../mlflow/search/testing/wants.js';
import { RunSearchLab, SearchedRun } from './run-search-lab.js';

/** Ordinarily, or as only large tables are searched. */
type Plan = PlanLimits | undefined;

const STATUSES = ['RUNNING', 'FINISHED', 'running'] as const;

export const runsWith = (value: fc.Arbitrary<string>): fc.Arbitrary<SearchedRun[]> =>
  differing(aRun(value), ({ run_id }) => run_id);

const aRun = (value: fc.Arbitrary<string>): fc.Arbitrary<SearchedRun> =>
  fc.record({
    run_id: fc.stringMatching(/^[0-9a-f]{32}$/),
    name: aText,
    status: fc.constantFrom(...STATUSES),
    user: aText,
    start_time: aTime,
    end_time: fc.option(aTime),
    params: some(value),
    tags: some(value),
    metrics: some(aMetric),
    inputs: fc.uniqueArray(fc.record({ name: aText, digest: aText, contexts: fc.array(aText, { maxLength: 2 }) }), {
      maxLength: 2,
      selector: ({ name, digest }) => JSON.stringify([name, digest]),
    }),
  });

const aDataset = fc.constantFrom('name', 'digest', 'context');
const wants = fc.oneof(
  numeric('metrics'),
  textual('params'),
  textual('tags'),
  presence('params'),
  presence('tags'),
  textual('attributes', fc.constantFrom('run_id', 'run_name', 'status', 'user_id', 'artifact_uri')),
  textual('attributes', 'status', fc.constantFrom(...STATUSES, 'r%')),
  timed(fc.constantFrom('start_time', 'created', 'end_time')),
  numeric('attributes', fc.constantFrom('start_time', 'end_time')),
  textual('datasets', aDataset),
  listed('datasets', aDataset),
  listed('attributes', 'run_id'),
);
const PREFIXES = {
  attributes: ['', 'attribute', 'attributes', 'attr', 'run'],
  metrics: ['metric', 'metrics'],
  params: ['param', 'params', 'parameter', 'parameters'],
  tags: ['tag', 'tags'],
  datasets: ['dataset', 'datasets'],
};

const orders: fc.Arbitrary<WantOrder> = fc.oneof(
  fc.record({ entity: fc.constantFrom('metrics', 'params', 'tags'), key: aKey, descending: fc.boolean() }),
  fc.record({
    entity: fc.constant('attributes' as const),
    key: fc.constantFrom('run_id', 'run_name', 'status', 'user_id', 'artifact_uri', 'start_time', 'end_time'),
    descending: fc.boolean(),
  }),
);

/** So small that every plan for large tables is taken, with any mixture of blocks and with giving up half-way. */
const plans: fc.Arbitrary<Plan> = fc.option(
  fc.record({
    candidates: fc.constantFrom(0, 2, 2_000),
    sorted: fc.constantFrom(0, 3),
    page: fc.constantFrom(3, 1_000),
    stride: fc.integer({ min: 1, max: 4 }),
    most: fc.constantFrom(1, 8, 1_000),
  }),
  { nil: undefined },
);

const ORDER = (key: string, descending: boolean): WantOrder => ({ entity: 'attributes', key, descending });

export const SEARCHED_RUNS: Agreeing<SearchedRun, Plan> = {
  items: runsWith(aText),
  scopes: plans,
  wants: spoken(wants, PREFIXES),
  orders,
  id: ({ run_id }) => run_id,
  inScope: () => true,
  values: (run, { entity, key }) => {
    if (entity === 'datasets') return datasetValues(run, key);
    const value = valueOf(run, entity, key);
    return value === undefined ? [] : [value];
  },
  sortValue: (run, { entity, key }) => valueOf(run, entity, key),
  byDefault: [ORDER('start_time', true), ORDER('run_id', false)],
  ties: [ORDER('start_time', true), ORDER('run_id', false)],
  open: (runs) => {
    const lab = new RunSearchLab(runs);
    return {
      add: (run) => lab.add(run),
      remove: (run) => lab.remove(run),
      close: () => lab.close(),
      page: ({ orders: asked, ...search }, limits) => lab.page({ ...search, orderBy: orderTexts(asked) }, limits),
    };
  },
};

const datasetValues = ({ inputs }: SearchedRun, key: string): readonly string[] =>
  inputs.flatMap((input) => (key === 'context' ? input.contexts : [key === 'name' ? input.name : input.digest]));

function valueOf(run: SearchedRun, entity: WantOrder['entity'], key: string): Value | undefined {
  if (entity !== 'attributes') return Object.hasOwn(run[entity], key) ? run[entity][key] : undefined;
  if (key === 'artifact_uri') return `mlflow-artifacts:/1/${run.run_id}/artifacts`;
  const column = { run_name: 'name', user_id: 'user', created: 'start_time' }[key] ?? key;
  return run[column as 'name' | 'end_time'] ?? undefined;
}
