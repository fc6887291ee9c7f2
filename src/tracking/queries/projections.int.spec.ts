import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RecordedEvent } from '../../core/index.js';
import { experimentDecider, experimentStream } from '../experiment/decide.js';
import { directoryDecider, EXPERIMENT_DIRECTORY } from '../experiment/directory.js';
import { runDecider, runStream } from '../run/decide.js';
import { Metric } from '../run/events.js';
import { loggedModelDecider, loggedModelStream } from '../logged-model/decide.js';
import { aHistory, EXPERIMENTS, History, MODELS, RUNS, Step } from '../testing/histories.js';
import { Tables, TestReadModels } from '../testing/read-models.js';

type Given = { readonly steps: readonly (readonly Step[])[]; readonly batch: number };

/** The history as it was followed, at its own uneven pace. */
async function followed({ steps, batch }: Given, check: (history: History, tables: Tables) => Promise<void>) {
  const history = await History.begin();
  const models = new TestReadModels(history.ledger, history.personal, batch);
  try {
    for (const some of steps) {
      for (const step of some) await history.take(step);
      await models.catchUp();
    }
    await models.catchUp();
    await check(history, models.tables());
  } finally {
    models.close();
  }
}
const forAny = (check: (history: History, tables: Tables) => Promise<void>, numRuns = 30) =>
  fc.assert(
    fc.asyncProperty(aHistory, (given) => followed(given, check)),
    { numRuns },
  );

const keyed = (rows: Tables[string], column: string, id: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(rows.filter((row) => row[column] === id).map(({ key, value }) => [key as string, value]));

describe('the read models of the tracking room, after any history', () => {
  it('are the same when they are rebuilt at once', () =>
    forAny(async ({ ledger, personal }, tables) => {
      const rebuilt = new TestReadModels(ledger, personal);
      await rebuilt.catchUp();
      const again = rebuilt.tables();
      rebuilt.close();
      expect(tables).toEqual(again);
    }));

  it('say of every run what its decider says', () =>
    forAny(async ({ decisions, personal }, tables) => {
      for (const runId of RUNS) {
        const { state } = await decisions.load(runDecider, runStream(runId));
        const row = tables['runs']!.find(({ run_id }) => run_id === runId);
        if (state.id === undefined) {
          expect(row).toBeUndefined();
          continue;
        }
        expect(row).toMatchObject({
          experiment_id: state.experimentId,
          name: state.name,
          status: state.status,
          start_time: state.startTime,
          end_time: state.endTime ?? null,
          deleted: state.lifecycle === 'deleted' ? 1 : 0,
        });
        expect(keyed(tables['params']!, 'run_id', runId)).toEqual(state.params.toObject());
        const tags = state.tags.map((value) => (typeof value === 'string' ? value : personal.unseal(value)));
        expect(keyed(tables['run_tags']!, 'run_id', runId)).toEqual(tags.toObject());
        expect(tables['inputs']!.filter(({ run_id }) => run_id === runId)).toHaveLength(state.inputs.size);
        const models = (role: string) =>
          tables['run_models']!.filter((row) => row['run_id'] === runId && row['role'] === role).map(idOf);
        expect(models('input')).toEqual([...state.modelInputs].sort());
        expect(models('output')).toEqual([...state.modelOutputs].sort());
      }
    }));

  it('say of every logged model what its decider says', () =>
    forAny(async ({ decisions, personal }, tables) => {
      for (const id of MODELS) {
        const { state } = await decisions.load(loggedModelDecider, loggedModelStream(id));
        const row = tables['logged_models']!.find(({ model_id }) => model_id === id);
        if (state.id === undefined) {
          expect(row).toBeUndefined();
          continue;
        }
        expect(row).toMatchObject({
          experiment_id: state.experimentId,
          name: state.name,
          status: state.status,
          deleted: state.lifecycle === 'deleted' ? 1 : 0,
          creation_timestamp: state.createdAt,
          last_updated_timestamp: state.updatedAt,
        });
        expect(keyed(tables['logged_model_params']!, 'model_id', id)).toEqual(state.params.toObject());
        const tags = state.tags.map((value) => (typeof value === 'string' ? value : personal.unseal(value)));
        expect(keyed(tables['logged_model_tags']!, 'model_id', id)).toEqual(tags.toObject());
      }
    }));

  it('have each point about a logged model once, with the data set of the first who logged it', () =>
    forAny(async ({ ledger }, tables) => {
      const first = new Map<string, string | null>();
      for (const { type, data } of await ledger.readAll({ limit: 100_000 })) {
        if (type !== 'MetricsLogged') continue;
        for (const { modelId, key, datasetName, ...metric } of data['metrics'] as unknown as readonly Metric[]) {
          if (modelId === undefined) continue;
          const place = [modelId, data['runId'] as string, key, text(asPoint(metric))].join();
          if (!first.has(place)) first.set(place, datasetName ?? null);
        }
      }
      const rows = tables['logged_model_metrics']!.map((row) => [
        [row['model_id'], row['run_id'], row['key'], text(pointOf(row))].join(),
        row['dataset_name'],
      ]);
      expect(rows).toHaveLength(first.size);
      expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(first));
    }));

  it('say of every experiment what its decider and the directory say', () =>
    forAny(async ({ decisions }, tables) => {
      const { state: directory } = await decisions.load(directoryDecider, EXPERIMENT_DIRECTORY);
      for (const id of EXPERIMENTS) {
        const { state } = await decisions.load(experimentDecider, experimentStream(id));
        const row = tables['experiments']!.find(({ experiment_id }) => experiment_id === id);
        expect(row).toMatchObject({ name: directory.byId.get(id), deleted: state.lifecycle === 'deleted' ? 1 : 0 });
        expect(keyed(tables['experiment_tags']!, 'experiment_id', id)).toEqual(state.tags.toObject());
      }
    }));

  it('have each metric point once, and of each metric the latest by step, time and value', () =>
    forAny(async ({ ledger }, tables) => {
      const events = await ledger.readAll({ limit: 100_000 });
      for (const runId of RUNS) {
        for (const key of ['k', 'l']) {
          const points = pointsOf(events, runId, key);
          const of = (table: string) =>
            tables[table]!.filter((row) => row['run_id'] === runId && row['key'] === key).map(pointOf);
          expect(of('metrics').map(text).sort()).toEqual([...new Set(points.map(text))].sort());
          expect(of('latest_metrics')).toEqual(latestOf(points));
        }
      }
    }, 60));
});

it('a person who was erased is erased from the read models that are built afterwards', async () => {
  const history = await History.begin();
  const runId = RUNS[0]!;
  const user = history.personal.seal('u-ada', 'Ada');
  const start = {
    type: 'start',
    runId,
    experimentId: EXPERIMENTS[0]!,
    name: 'n',
    startTime: 0,
    tags: [{ key: 'mlflow.user', value: user }],
    user,
  } as const;
  await history.decisions.decide(runDecider, runStream(runId), start, history.context());
  const shown = async () => {
    const models = new TestReadModels(history.ledger, history.personal);
    await models.catchUp();
    const { runs, run_tags } = models.tables();
    models.close();
    return [runs![0]!['user'], keyed(run_tags!, 'run_id', runId)['mlflow.user']];
  };
  expect(await shown()).toEqual(['Ada', 'Ada']);
  history.personal.erase('u-ada');
  expect(await shown()).toEqual(['[erased]', '[erased]']);
});

interface Point {
  readonly step: number;
  readonly timestamp: number;
  readonly value: number;
  readonly nan: boolean;
}
const text = ({ step, timestamp, value, nan }: Point) => [step, timestamp, value === 0 ? 0 : value, nan].join();

const pointOf = (row: Readonly<Record<string, unknown>>): Point => ({
  step: Number(row['step']),
  timestamp: Number(row['timestamp']),
  value: Number(row['value']),
  nan: row['is_nan'] === 1,
});

const asPoint = ({ step, timestamp, value }: Pick<Metric, 'step' | 'timestamp' | 'value'>): Point => ({
  step,
  timestamp,
  value: value === 'NaN' ? 0 : Number(value) + 0,
  nan: value === 'NaN',
});
const idOf = (row: Readonly<Record<string, unknown>>): string => String(row['model_id']);

/** In the order of the log. MLflow compares a NaN as if it were 0. */
const pointsOf = (events: readonly RecordedEvent[], runId: string, key: string): Point[] =>
  events
    .filter(({ type, data }) => type === 'MetricsLogged' && data['runId'] === runId)
    .flatMap(({ data }) => data['metrics'] as unknown as readonly Metric[])
    .filter((metric) => metric.key === key)
    .map(asPoint);

/** All of them in order, and the first of those that nothing comes after. */
function latestOf(points: readonly Point[]): readonly Point[] {
  const after = (a: number, b: number) => (a > b ? -1 : a < b ? 1 : 0);
  const sorted = points.toSorted(
    (a, b) => after(a.step, b.step) || after(a.timestamp, b.timestamp) || after(a.value, b.value),
  );
  return sorted.slice(0, 1);
}
