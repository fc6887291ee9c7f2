import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { pageSql, PlanLimits, prepareSearch, RUNS } from '../../../mlflow/index.js';
import { matches, naiveOrder, Want, WantOrder } from '../../testing/naive-search.js';
import { RUN_SOURCE } from './source.js';
import { RunSearchLab, SearchedRun } from '../../testing/run-search-lab.js';

const HOSTILE = ['a', 'A', 'b', 'é', 'É', '%', '_', "'", '"', '\\', '*', '?', '[', ']', '^', '-', '😀', ' ', '\n', ';'];
/** Longer than what an index holds of it. */
const LONG = 'é'.repeat(64);
const aText = fc.oneof(
  fc.constantFrom('', 'a', 'A', 'aa', 'a%', "' OR 1=1 --", '[a]', '\\', `${LONG}a`, `${LONG}b`),
  fc.array(fc.constantFrom(...HOSTILE), { maxLength: 4 }).map((parts) => parts.join('')),
);
/** What clients can store, but no filter can say. */
const aStoredText = fc.oneof(aText, fc.constantFrom('a\u0000b', 'a\u0000', '\u0000'));
const aNumber = fc.constantFrom(0, -0, 1, -1, 0.5, 0.1, 1e-9, 1e300, 5, Number.MAX_VALUE);
const aMetric = fc.oneof(aNumber, fc.constantFrom(NaN, Infinity, -Infinity));
const KEYS = ['k', 'K', 'a key', 'x.y', 'mlflow.é'] as const;
const STATUSES = ['RUNNING', 'FINISHED', 'running'] as const;
const some = <T>(value: fc.Arbitrary<T>) => fc.dictionary(fc.constantFrom(...KEYS), value, { maxKeys: 4 });

const runsWith = (value: fc.Arbitrary<string>): fc.Arbitrary<SearchedRun[]> =>
  fc.uniqueArray(aRun(value), { maxLength: 14, selector: ({ run_id }) => run_id });
const aRun = (value: fc.Arbitrary<string>): fc.Arbitrary<SearchedRun> =>
  fc.record({
    run_id: fc.stringMatching(/^[0-9a-f]{32}$/),
    name: aText,
    status: fc.constantFrom(...STATUSES),
    user: aText,
    start_time: fc.integer({ min: 0, max: 3 }),
    end_time: fc.option(fc.integer({ min: 0, max: 3 })),
    params: some(value),
    tags: some(value),
    metrics: some(aMetric),
    inputs: fc.uniqueArray(fc.record({ name: aText, digest: aText, contexts: fc.array(aText, { maxLength: 2 }) }), {
      maxLength: 2,
      selector: ({ name, digest }) => JSON.stringify([name, digest]),
    }),
  });
const someRuns = runsWith(aText);
const someStoredRuns = runsWith(aStoredText);

const NUMERIC = ['=', '!=', '<', '<=', '>', '>='];
const aKey = fc.constantFrom(...KEYS);
const want = (
  entity: Want['entity'],
  key: fc.Arbitrary<string>,
  comparators: string[],
  value: fc.Arbitrary<string | number>,
) => fc.record({ entity: fc.constant(entity), key, comparator: fc.constantFrom(...comparators), value });
const TEXTUAL = ['=', '!=', 'LIKE', 'ILIKE'];
const aList = fc.array(aText, { minLength: 1, maxLength: 3 });
const lists = (entity: Want['entity'], key: fc.Arbitrary<string>) =>
  fc.record({ entity: fc.constant(entity), key, comparator: fc.constantFrom('IN', 'NOT IN'), value: aList });
const aDataset = fc.constantFrom('name', 'digest', 'context');
const aWant: fc.Arbitrary<Want> = fc.oneof(
  want('metrics', aKey, NUMERIC, fc.oneof(aNumber, fc.constantFrom(Infinity, -Infinity))),
  want('params', aKey, TEXTUAL, aText),
  want('tags', aKey, TEXTUAL, aText),
  fc.record({
    entity: fc.constantFrom('params' as const, 'tags' as const),
    key: aKey,
    comparator: fc.constantFrom('IS NULL', 'IS NOT NULL'),
  }),
  want('attributes', fc.constantFrom('run_id', 'run_name', 'status', 'user_id', 'artifact_uri'), TEXTUAL, aText),
  want('attributes', fc.constant('status'), TEXTUAL, fc.constantFrom(...STATUSES, 'r%')),
  want('attributes', fc.constantFrom('start_time', 'created', 'end_time'), NUMERIC, aNumber),
  want('datasets', aDataset, TEXTUAL, aText),
  lists('datasets', aDataset),
  lists('attributes', fc.constant('run_id')),
);

/** `undefined` for a text that the language has no way to say: it has no escapes. */
function quoted(text: string): string | undefined {
  const quote = text.includes("'") ? '"' : "'";
  return text.includes(quote) || text.endsWith('\\') ? undefined : `${quote}${text}${quote}`;
}
const numberText = (value: number) =>
  Number.isFinite(value) ? String(value).replace('e+', 'e') : value > 0 ? '1e999' : '-1e999';

function written({ entity, key, comparator, value }: Want): string | undefined {
  const left = `${entity}.${/^\w+$/.test(key) ? key : `\`${key}\``}`;
  if (value === undefined) return `${left} ${comparator}`;
  if (typeof value === 'number') return `${left} ${comparator} ${numberText(value)}`;
  if (typeof value === 'string') {
    const text = quoted(value);
    return text && `${left} ${comparator} ${text}`;
  }
  const texts = value.map(quoted);
  return texts.includes(undefined) ? undefined : `${left} ${comparator} (${texts.join(', ')})`;
}
const someWants = fc.array(
  aWant.filter((each) => written(each) !== undefined),
  { maxLength: 3 },
);
const filterOf = (wants: readonly Want[]) => wants.map(written).join(' AND ');

const anOrder: fc.Arbitrary<WantOrder> = fc.record({
  entity: fc.constantFrom('metrics', 'params', 'tags', 'attributes'),
  key: fc.constantFrom('k', 'a key', 'start_time', 'end_time', 'run_name', 'status'),
  descending: fc.boolean(),
});
const aLimit = fc.integer({ min: 1, max: 15 });
const someOrders = fc.uniqueArray(
  anOrder.filter(({ entity, key }) => (entity === 'attributes') === /_|status/.test(key)),
  { maxLength: 3, selector: ({ entity, key }) => `${entity}.${key}` },
);
const orderOf = (orders: readonly WantOrder[]) =>
  orders.map(({ entity, key, descending }) => `${entity}.\`${key}\`${descending ? ' DESC' : ''}`);

/** So small that every plan for large tables is taken, with any mixture of blocks and with giving up half-way. */
const someLimits: fc.Arbitrary<PlanLimits | undefined> = fc.option(
  fc.record({
    candidates: fc.constantFrom(0, 2, 2_000),
    sorted: fc.constantFrom(0, 3),
    page: fc.constantFrom(3, 1_000),
    stride: fc.integer({ min: 1, max: 4 }),
    most: fc.constantFrom(1, 8, 1_000),
  }),
  { nil: undefined },
);

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
    fc.assert(
      fc.asyncProperty(someRuns, someWants, someOrders, someLimits, aLimit, (runs, wants, orders, limits, limit) =>
        within(runs, async (lab) => {
          const { ids } = await lab.page({ filter: filterOf(wants), orderBy: orderOf(orders), limit }, limits);
          const found = runs.filter((run) => wants.every((each) => matches(run, each)));
          expect(ids).toEqual(naiveOrder(found, orders).slice(0, limit));
        }),
      ),
      { numRuns: 1500 },
    ));

  it('has in its pages each run once and in order, whatever is written between them', () =>
    fc.assert(
      fc.asyncProperty(
        someStoredRuns,
        someStoredRuns,
        someOrders,
        someLimits,
        fc.integer({ min: 1, max: 4 }),
        (runs, later, orders, limits, limit) => {
          const known = new Set(runs.map(({ run_id }) => run_id));
          const fresh = later.filter(({ run_id }) => !known.has(run_id));
          return within(runs, async (lab) => {
            const waiting = [...fresh];
            const add = () => {
              for (const run of waiting.splice(0, 2)) lab.add(run);
            };
            const found = await lab.all({ orderBy: orderOf(orders), limit }, add, limits);
            expect(new Set(found).size).toBe(found.length);
            expect(found.filter((id) => known.has(id))).toEqual(naiveOrder(runs, orders));
          });
        },
      ),
      { numRuns: 600 },
    ));
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
