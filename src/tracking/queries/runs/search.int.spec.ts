import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { pageSql, PlanLimits, prepareSearch, RUNS } from '../../../mlflow/index.js';
import { findsTheSame, pagesFitTogether, unasked } from '../../../mlflow/search/testing/agreement.js';
import { aStoredText } from '../../../mlflow/search/testing/data.js';
import { RunSearchLab, SearchedRun } from '../../testing/run-search-lab.js';
import { runsWith, SEARCHED_RUNS } from '../../testing/searched-runs.js';
import { RUN_SOURCE } from './source.js';

async function within(runs: readonly SearchedRun[], check: (lab: RunSearchLab) => Promise<void>): Promise<void> {
  const lab = new RunSearchLab(runs);
  try {
    await check(lab);
  } finally {
    lab.close();
  }
}

describe('a search for runs', () => {
  it('finds what a plain evaluation of the same conditions finds, in the same order', () =>
    fc.assert(findsTheSame(SEARCHED_RUNS), { numRuns: 1500 }));

  it.each([
    { about: 'all that can be stored', items: runsWith(aStoredText), wants: 0 },
    { about: 'what a filter finds', items: SEARCHED_RUNS.items, wants: 1 },
  ])('has in its pages $about once and in order, whatever comes and goes between them', (stored) =>
    fc.assert(pagesFitTogether(SEARCHED_RUNS, stored), { numRuns: 600 }),
  );

  it('is tried with every comparator and order that there is', () => {
    expect(unasked(SEARCHED_RUNS, RUNS)).toEqual([]);
  });
});

describe('the query of a search for runs', () => {
  const scope = sql<boolean>`runs.experiment_id = ${'1'} AND runs.deleted = 0`;
  it.each([
    [undefined, []],
    ["metrics.acc > 0.5 AND params.`a b` = 'x' AND tags.t LIKE 'a%' AND tags.u IS NULL", []],
    ["metrics.acc != 1 AND run_id IN ('a', 'b') AND datasets.context ILIKE 'Train%' AND datasets.name = 'x'", []],
    ["artifact_uri LIKE '%x' AND end_time < 5", ['metrics.acc DESC', 'tags.t', 'end_time']],
  ])('for %s by %j stays as it is', (filter, orderBy) => {
    const lab = new RunSearchLab([]);
    const search = prepareSearch({ filter, orderBy, limit: 10 }, RUNS, { scope, about: 1 });
    const { sql: text, parameters } = pageSql(RUN_SOURCE, search).compile(lab.db);
    lab.close();
    expect({ text, parameters }).toMatchSnapshot();
  });
});

const RUN = {
  name: 'n',
  status: 's',
  user: '',
  start_time: 1,
  end_time: null,
  params: {},
  tags: {},
  metrics: {},
  inputs: [],
};

const LARGE: PlanLimits = { candidates: 0, sorted: 0, page: 1_000, stride: 1, most: 1_000 };

describe('the walk of an index', () => {
  const runs = ['a', 'b', 'c'].map((run_id, value) => ({
    ...RUN,
    run_id,
    params: { p: 'same' },
    tags: { [run_id]: '' },
    metrics: { m: value, n: NaN },
  }));

  it.each(['metrics.m DESC', 'metrics.n', 'params.p', 'tags.a'])(
    'by %s reads the index and sorts no more than what is equal',
    async (by) => {
      await within(runs, async (lab) => {
        const queries = new Set<string>();
        lab.onQuery = (query) => queries.add(query);
        await lab.page({ orderBy: [by], limit: 3 }, LARGE);
        lab.onQuery = () => {};
        expect([...queries].map((query) => ({ query, plan: lab.plan(query) }))).toMatchSnapshot();
      });
    },
  );

  it('finds a run once, though its metric changes while it goes on', async () => {
    await within(runs, async (lab) => {
      lab.onQuery = (query) => {
        if (query.includes('key_0')) lab.setMetric('a', 'm', 9);
      };
      const { ids } = await lab.page({ orderBy: ['metrics.m'] }, LARGE);
      expect(ids).toEqual(['a', 'b', 'c']);
    });
  });
});

it('a page token belongs to its filter and its order', async () => {
  await within(
    [
      { ...RUN, run_id: 'a' },
      { ...RUN, run_id: 'b' },
    ],
    async (lab) => {
      const { nextPageToken: pageToken } = await lab.page({ filter: "status = 's'", limit: 1 });
      expect(await lab.page({ filter: "attr.status='s'", limit: 1, pageToken })).toEqual({ ids: ['b'] });
      await expect(lab.page({ filter: "status != 'x'", pageToken })).rejects.toMatchObject({ field: 'page_token' });
      await expect(lab.page({ filter: "status = 's'", orderBy: ['run_name'], pageToken })).rejects.toMatchObject({
        field: 'page_token',
      });
    },
  );
});
