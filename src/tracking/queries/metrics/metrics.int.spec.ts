import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ExperimentId, RunId } from '../../../core/index.js';
import { Metric } from '../../run/events.js';
import { TrackingLab } from '../../testing/tracking-lab.js';
import { SampleMetrics } from './query.js';

let lab: TrackingLab;
let experimentId: ExperimentId;
beforeEach(async () => {
  lab = await TrackingLab.open();
  experimentId = await lab.experiment();
});
afterEach(() => lab.close());

const point = (step: number, value: Metric['value'] = step): Metric => ({ key: 'loss', value, timestamp: 1, step });
const points = (count: number) => Array.from({ length: count }, (_, step) => point(step));
const get = async (path: string) => {
  const { status, body } = await lab.call('GET', `metrics/${path}`);
  return { status, metrics: (body as { metrics?: Readonly<Record<string, unknown>>[] }).metrics };
};
const steps = (metrics: readonly Readonly<Record<string, unknown>>[] = []) => metrics.map(({ step }) => step);

describe('the histories of several runs at once', () => {
  it('come one run after the other, each by time, and end with the limit', async () => {
    const runs = [await lab.run(experimentId), await lab.run(experimentId)].sort();
    await lab.log(runs[1]!, { metrics: points(3) });
    await lab.log(runs[0]!, { metrics: [point(0, 'NaN'), { ...point(1), timestamp: 0 }] });
    const asked = `get-history-bulk?metric_key=loss&run_id=${runs[1]}&run_id=${runs[0]}&run_id=${'0'.repeat(32)}`;
    const { metrics } = await get(asked);
    expect(metrics).toEqual([
      { key: 'loss', value: 1, timestamp: 0, step: 1, run_id: runs[0] },
      { key: 'loss', value: 'NaN', timestamp: 1, step: 0, run_id: runs[0] },
      ...points(3).map((each) => ({ ...each, run_id: runs[1] })),
    ]);
    expect((await get(`${asked}&max_results=3`)).metrics).toEqual(metrics!.slice(0, 3));
  });
  it('are an empty list, not none, without points', async () => {
    expect((await get(`get-history-bulk?metric_key=none&run_id=${await lab.run(experimentId)}`)).metrics).toEqual([]);
  });
  it.each([
    'metric_key=k',
    'run_id=a',
    'run_id=a&metric_key=k&max_results=0',
    `metric_key=k${'&run_id=a'.repeat(101)}`,
  ])('are refused for ?%s', async (query) => expect((await get(`get-history-bulk?${query}`)).status).toBe(400));
});

describe('a sample of the points of runs', () => {
  let runId: RunId;
  beforeEach(async () => {
    runId = await lab.run(experimentId);
    await lab.log(runId, { metrics: points(10) });
  });
  const sample = (query: string) => get(`get-history-bulk-interval?run_ids=${runId}&metric_key=loss${query}`);

  it('is all of them, in order, where there are few', async () => {
    expect(steps((await sample('')).metrics)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
  it('has the first and the last, and no more than asked for', async () => {
    expect(steps((await sample('&max_results=3')).metrics)).toEqual([0, 4, 9]);
    expect(steps((await sample('&max_results=1')).metrics)).toEqual([9]);
  });
  it('keeps within the steps that were asked for', async () => {
    expect(steps((await sample('&start_step=3&end_step=5')).metrics)).toEqual([3, 4, 5]);
    expect((await sample('&start_step=20&end_step=30')).metrics).toBeUndefined();
  });
  it.each(['&start_step=1', '&end_step=1', '&start_step=2&end_step=1', '&max_results=0', '&max_results=2501'])(
    'is refused with %s',
    async (more) => expect((await sample(more)).status).toBe(400),
  );
  it('of any points, however many share a step, is in order and never too large', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 50 })), { maxLength: 30, selector: String }),
        fc.integer({ min: 1, max: 12 }),
        async (all, limit) => {
          const other = await lab.run(experimentId);
          await lab.log(other, { metrics: all.map(([step, value]) => point(step, value)) });
          await lab.room.projector.catchUp();
          const asked = new SampleMetrics({ runIds: [other], key: 'loss', limit });
          const found = (await lab.room.queries.execute(asked)).map(({ step, value }) => [step, value] as const);
          const sorted = all.toSorted(([a, v], [b, w]) => a - b || v - w);
          expect(found).toEqual(sampled(sorted, limit));
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** MLflow's rule, the long way: buckets as equal as can be, the earlier ones larger, the first of each, and the last. */
function sampled<T>(sorted: readonly T[], limit: number): readonly T[] {
  const count = Math.min(limit, sorted.length);
  const [size, larger] = [Math.floor(sorted.length / limit), sorted.length % limit];
  const firsts = Array.from({ length: count }, (_, index) => sorted[index * size + Math.min(index, larger)]!);
  if (firsts.length === 0 || firsts.at(-1) === sorted.at(-1)) return firsts;
  return firsts.length >= limit ? [...firsts.slice(0, -1), sorted.at(-1)!] : [...firsts, sorted.at(-1)!];
}

it('the data sets of experiments are told once for each role, and only to whoever names experiments', async () => {
  const input = (name: string, context?: string) => ({
    dataset: { name, digest: 'x', source_type: 'local', source: '{}' },
    ...(context ? { tags: [{ key: 'mlflow.data.context', value: context }] } : {}),
  });
  for (let run = 0; run < 2; run++) {
    const run_id = await lab.run(experimentId);
    const datasets = [input('b', 'training'), input('a')];
    await lab.call('POST', 'runs/log-inputs', { run_id, datasets });
  }
  const search = (experiment_ids: unknown) => lab.call('POST', 'experiments/search-datasets', { experiment_ids });
  expect((await search([experimentId, '99'])).body).toEqual({
    dataset_summaries: [
      { experiment_id: experimentId, name: 'a', digest: 'x' },
      { experiment_id: experimentId, name: 'b', digest: 'x', context: 'training' },
    ],
  });
  expect((await search(['99'])).body).toEqual({});
  for (const wrong of [[], undefined, Array<string>(21).fill('1'), [1]]) expect((await search(wrong)).status).toBe(400);
});
