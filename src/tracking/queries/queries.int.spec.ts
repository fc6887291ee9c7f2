import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ExperimentId, RunId } from '../../core/index.js';
import { ChangeExperimentLifecycle } from '../commands/experiments/experiments.command.js';
import { ChangeRunLifecycle, EndRun } from '../commands/runs/runs.command.js';
import { aMetric } from '../testing/histories.js';
import { TrackingLab } from '../testing/tracking-lab.js';

let lab: TrackingLab;
let experimentId: ExperimentId;
beforeEach(async () => {
  lab = await TrackingLab.open();
  experimentId = await lab.experiment('first');
});
afterEach(() => lab.close());

interface Page {
  readonly next_page_token?: string;
  readonly runs?: readonly { readonly info: { readonly run_id: string; readonly run_name: string } }[];
  readonly experiments?: readonly { readonly experiment_id: string }[];
  readonly metrics?: readonly { readonly step: number; readonly timestamp: number; readonly value: unknown }[];
}

const searchRuns = async (more: object = {}) =>
  (await lab.call('POST', 'runs/search', { experiment_ids: [experimentId], ...more })).body as Page;
const names = async (more: object = {}) => (await searchRuns(more)).runs?.map(({ info }) => info.run_name);

/** All pages of a search, with something happening between them. */
async function pages(
  search: (token: object) => Promise<Page>,
  between: () => Promise<unknown> = async () => undefined,
) {
  const all: Page[] = [];
  for (let token: string | undefined; all.length === 0 || token !== undefined;) {
    const page = await search(token === undefined ? {} : { page_token: token });
    all.push(page);
    token = page.next_page_token;
    await between();
  }
  return all;
}

describe('searching runs', () => {
  it('answers the newest first, and pages that neither skip nor repeat while runs are added', async () => {
    for (let start = 1; start <= 7; start++) await lab.run(experimentId, { name: `r${start}`, startTime: start });
    let newer = 8;
    const all = await pages(
      (token) => searchRuns({ max_results: 2, ...token }),
      () => lab.run(experimentId, { name: 'newer', startTime: newer++ }),
    );
    expect(all.map(({ runs }) => runs?.length)).toEqual([2, 2, 2, 1]);
    const found = all.flatMap(({ runs }) => runs!.map(({ info }) => info.run_name));
    expect(found).toEqual(['r7', 'r6', 'r5', 'r4', 'r3', 'r2', 'r1']);
  });

  it('tells runs that started at the same time apart, and ends without an empty page', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, () => lab.run(experimentId, { startTime: 1 })));
    const all = await pages((token) => searchRuns({ max_results: 3, ...token }));
    expect(all.map(({ runs }) => runs?.length)).toEqual([3, 3]);
    expect(all.flatMap(({ runs }) => runs!.map(({ info }) => info.run_id))).toEqual(ids.sort());
  });

  it.each([
    ['attributes.start_time ASC', ['b', 'a', 'c']],
    ['start_time DESC', ['c', 'a', 'b']],
    ['run_name', ['a', 'b', 'c']],
    ['attribute.`run_name` DESC', ['c', 'b', 'a']],
    ['status ASC', ['c', 'a', 'b']],
  ])('sorts by %s, over pages too', async (order, expected) => {
    await lab.run(experimentId, { name: 'b', startTime: 1 });
    await lab.run(experimentId, { name: 'a', startTime: 2 });
    const runId = await lab.run(experimentId, { name: 'c', startTime: 3 });
    await lab.room.commands.execute(new EndRun(lab.context(), { runId, status: 'FAILED' }));
    const all = await pages((token) => searchRuns({ max_results: 1, order_by: [order], ...token }));
    expect(all.flatMap(({ runs }) => runs!.map(({ info }) => info.run_name))).toEqual(expected);
  });

  it('answers {} when there is nothing, in no experiment and in one that is not there; what is no id is refused', async () => {
    expect(await searchRuns()).toEqual({});
    expect(await searchRuns({ experiment_ids: [] })).toEqual({});
    await lab.run(experimentId);
    expect(await searchRuns({ experiment_ids: ['9'] })).toEqual({});
    expect(await searchRuns({ experiment_ids: ["1' OR '1'='1"] })).toMatchObject({ field: 'experiment_ids' });
  });

  it('can be by forty things at once, page after page, with a long filter besides', async () => {
    const order_by = Array.from({ length: 40 }, (_, at) => `${['metrics', 'params', 'tags'][at % 3]}.k${at} DESC`);
    const filter = Array.from({ length: 60 }, (_, at) => `tags.none${at} IS NULL`).join(' AND ');
    for (const startTime of [1, 2, 3]) await lab.run(experimentId, { startTime });
    const all = await pages((token) => searchRuns({ order_by, filter, max_results: 1, ...token }));
    expect(all.map(({ runs }) => runs?.length)).toEqual([1, 1, 1]);
  });

  it('looks into several experiments at once, each run once', async () => {
    const other = await lab.experiment('second');
    await lab.run(experimentId, { name: 'a', startTime: 1 });
    await lab.run(other, { name: 'b', startTime: 2 });
    expect(await names({ experiment_ids: [experimentId, other, experimentId] })).toEqual(['b', 'a']);
  });

  it.each([
    ['nonsense', 'x'],
    ['a token of another order', undefined],
    ['an object', Buffer.from('{}').toString('base64url')],
    ['a list of the wrong things', Buffer.from('[[1],null]').toString('base64url')],
  ])('refuses %s as a page token', async (_what, token) => {
    for (const startTime of [1, 2]) await lab.run(experimentId, { startTime });
    const page_token = token ?? (await searchRuns({ max_results: 1, order_by: ['run_name'] })).next_page_token;
    expect(page_token).toBeDefined();
    const answer = await lab.call('POST', 'runs/search', { experiment_ids: [experimentId], page_token });
    expect(answer).toMatchObject({ status: 400, body: { field: 'page_token' } });
    const history = await lab.call(
      'GET',
      `metrics/get-history?run_id=${await lab.run(experimentId)}&metric_key=k&page_token=${page_token}`,
    );
    expect(history).toMatchObject({ status: 400, body: { field: 'page_token' } });
  });
});

describe('deleted runs and experiments', () => {
  const change = (what: 'delete' | 'restore') =>
    lab.room.commands.execute(new ChangeExperimentLifecycle(lab.context(), { experimentId, change: what }));

  it('are hidden unless they are asked for', async () => {
    await lab.run(experimentId, { name: 'kept', startTime: 1 });
    const runId = await lab.run(experimentId, { name: 'deleted', startTime: 2 });
    await lab.room.commands.execute(new ChangeRunLifecycle(lab.context(), { runId, change: 'delete' }));
    const seen = async () => [
      await names(),
      await names({ run_view_type: 'DELETED_ONLY' }),
      await names({ run_view_type: 'ALL' }),
    ];
    expect(await seen()).toEqual([['kept'], ['deleted'], ['deleted', 'kept']]);
    await change('delete');
    expect(await seen()).toEqual([undefined, ['deleted', 'kept'], ['deleted', 'kept']]);
    await change('restore');
    expect(await seen()).toEqual([['kept'], ['deleted'], ['deleted', 'kept']]);
  });
  it('show their runs as deleted, one by one', async () => {
    const runId = await lab.run(experimentId);
    const stage = async () =>
      ((await lab.call('GET', `runs/get?run_id=${runId}`)).body as { run: { info: { lifecycle_stage: string } } }).run
        .info.lifecycle_stage;
    expect(await stage()).toBe('active');
    await change('delete');
    expect(await stage()).toBe('deleted');
  });
});

describe('searching experiments', () => {
  it('answers pages that neither skip nor repeat while experiments are added', async () => {
    for (const name of ['b', 'c', 'd', 'e']) {
      lab.room.clock.advance(1_000_000);
      await lab.experiment(name);
    }
    let more = 0;
    const all = await pages(
      async (token) => (await lab.call('POST', 'experiments/search', { max_results: 2, ...token })).body as Page,
      () => {
        lab.room.clock.advance(1_000_000);
        return lab.experiment(`more-${more++}`);
      },
    );
    expect(all.flatMap(({ experiments }) => experiments!.map((one) => one.experiment_id))).toEqual([
      '5',
      '4',
      '3',
      '2',
      '1',
    ]);
  });
  it('sorts ids as numbers', async () => {
    for (let count = 2; count <= 11; count++) await lab.experiment(`e${count}`);
    const all = await pages(
      async (token) =>
        (await lab.call('POST', 'experiments/search', { max_results: 4, order_by: ['experiment_id DESC'], ...token }))
          .body as Page,
    );
    const ids = all.flatMap(({ experiments }) => experiments!.map((one) => one.experiment_id));
    expect(ids).toEqual(['11', '10', '9', '8', '7', '6', '5', '4', '3', '2', '1']);
  });
});

describe("a metric's history", () => {
  const history = async (runId: RunId, more: object = {}) => {
    const query = new URLSearchParams({ run_id: runId, metric_key: 'k', ...more }).toString();
    return (await lab.call('GET', `metrics/get-history?${query}`)).body as Page;
  };

  it('comes in order of time, step and value, with what JSON can not say as words', async () => {
    const runId = await lab.run(experimentId);
    const point = (value: number | 'NaN' | 'Infinity' | '-Infinity', timestamp: number, step = 0) => ({
      key: 'k',
      value,
      timestamp,
      step,
    });
    await lab.log(runId, {
      metrics: [
        point('Infinity', 2),
        point('NaN', 1),
        point(1, 1),
        point('-Infinity', 2),
        point(0, 2, -1),
        point(1, 1),
        point(0, 1),
      ],
    });
    expect((await history(runId)).metrics).toEqual([
      point(0, 1),
      point('NaN', 1),
      point(1, 1),
      point(0, 2, -1),
      point('-Infinity', 2),
      point('Infinity', 2),
    ]);
    expect(await history(runId, { metric_key: 'other' })).toEqual({});
  });

  it('is whole over pages, whatever the points and the size of the page, while points are added', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(aMetric, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        async (metrics, size) => {
          const runId = await lab.run(experimentId);
          await lab.log(runId, { metrics: metrics.map((metric) => ({ ...metric, key: 'k' })) });
          const { metrics: whole } = await history(runId);
          let later = 0;
          const all = await pages(
            (token) => history(runId, { max_results: String(size), ...token }),
            async () => {
              if (later < 3)
                await lab.log(runId, { metrics: [{ key: 'k', value: -1, timestamp: 100 + later++, step: 0 }] });
            },
          ).then((list) => list.flatMap(({ metrics: page }) => page ?? []));
          // What was added behind the last page comes along; what was there comes once and in order.
          expect(all.filter(({ timestamp }) => timestamp < 100)).toEqual(whole);
          const added = all.filter(({ timestamp }) => timestamp >= 100);
          expect(added.map(({ timestamp }) => timestamp)).toEqual(added.map((_, index) => 100 + index));
        },
      ),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('of a run that is not there is not found', async () => {
    expect(await lab.call('GET', 'metrics/get-history?run_id=x&metric_key=k')).toMatchObject({
      status: 404,
      body: { message: 'Run with id=x not found' },
    });
  });
});
