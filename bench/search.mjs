import { join } from 'node:path';
import { readSettings } from '../dist/app/config/settings.js';
import { openFoundation } from '../dist/app/foundation.js';
import { rebuildReadModels } from '../dist/app/rebuild.js';
import { systemClock } from '../dist/core/index.js';
import { openSqliteLedger } from '../dist/ledger/sqlite/index.js';
import { event } from './events.mjs';
import { latency } from './report.mjs';
import { call, serve, signIn } from './server.mjs';
import { withFolder } from './temp.mjs';

const BUDGET_MS = 50;
const ASKED = 200;
const PAGE = 100;
const EXPERIMENT = '1';
const START = 1767603600000;
const MODELS = 200;

/**
 * The first page over HTTP of what people and clients ask for, one after the other, at 100,000 runs in one
 * experiment. The log is filled with the events that those runs would leave; everything behind is the product.
 */
export function search(scale) {
  return withFolder(async (folder) => {
    const runs = Math.ceil(100_000 * scale);
    const settings = readSettings({}, { data: join(folder, 'data') });
    await (await openFoundation(settings)).close();
    await fill(join(settings.data, 'log.db'), runs);
    await rebuildReadModels(settings, () => undefined);
    const custody = await serve(settings.data);
    try {
      const { url } = custody.ready;
      const ask = call.bind(undefined, url, await signIn(custody.ready));
      await ask('/api/2.0/mlflow/registered-models/create', { name: 'first' });
      for (let number = 1; number < MODELS; number++)
        await ask('/api/2.0/mlflow/registered-models/create', { name: `model-${number}` });
      const rows = [];
      const asked = questions(runs);
      for (const [what, request, found] of asked) rows.push(await measure(ask, what, request, found));
      const named = (name) => asked.find(([what]) => what === name);
      rows.push(await beside(ask, named('runs/get'), named('tags LIKE, nothing')));
      return rows;
    } finally {
      await custody.stop();
    }
  });
}

/** Each with a test that the answer is the one that was meant: a fast empty page is no figure. */
function questions(runs) {
  const page = Math.min(PAGE, runs);
  const rare = runs / 2;
  const runId = idOf(rare);
  const searched = (more, expected) => [
    () => ['/api/2.0/mlflow/runs/search', { experiment_ids: [EXPERIMENT], max_results: PAGE, ...more }],
    ({ runs: found = [] }) => found.length === expected,
  ];
  const filter = (text, expected) => searched({ filter: text }, expected);
  const order = (by) => searched({ order_by: [by] }, page);
  return [
    ['runs/search, no filter', ...searched({}, page)],
    ['params =, rare', ...filter(`params.seed = '${rare}'`, 1)],
    ['params =, common', ...filter("params.max_depth = '5'", page)],
    ['metrics >, half of the runs', ...filter('metrics.loss > 0.5', page)],
    ['metrics range, 20 runs', ...filter(`metrics.loss < ${20 / runs}`, 20)],
    ['tags LIKE, common', ...filter("tags.Project LIKE 'Lab%'", page)],
    ['tags LIKE, nothing', ...filter("tags.Project LIKE '%nowhere%'", 0)],
    ['tags IS NOT NULL, rare', ...filter('tags.blessed IS NOT NULL', 10)],
    ['run_name =', ...filter(`run_name = 'bench-${rare}'`, 1)],
    ['order by metric', ...order('metrics.loss')],
    ['order by metric, descending', ...order('metrics.loss DESC')],
    ['order by a metric that ten runs have', ...order('metrics.rare DESC')],
    ['order by param, 7 values', ...order('params.max_depth')],
    ['order by param, descending', ...order('params.max_depth DESC')],
    ['order by param, all differ', ...order('params.seed')],
    ['order by tag, all the same', ...order('tags.Project')],
    ['order by run_name', ...order('run_name')],
    [
      'order by metric, with a filter',
      ...searched({ filter: "params.max_depth = '5'", order_by: ['metrics.loss'] }, page),
    ],
    ['order by start_time', ...order('start_time')],
    ['runs/get', () => [`/api/2.0/mlflow/runs/get?run_id=${runId}`], ({ run }) => run.info.run_id === runId],
    [
      'metrics/get-history',
      () => [`/api/2.0/mlflow/metrics/get-history?run_id=${runId}&metric_key=loss`],
      ({ metrics }) => metrics.length === POINTS,
    ],
    [
      'registered-models/search',
      () => ['/api/2.0/mlflow/registered-models/search?max_results=100'],
      ({ registered_models: models }) => models.length === 100,
    ],
  ];
}

/** What the one takes while four clients ask for the other without a pause. */
async function beside(ask, [what, request, found], [other, slow]) {
  let going = true;
  const client = async () => {
    while (going) await ask(...slow());
  };
  const clients = Array.from({ length: 4 }, client);
  try {
    return await measure(ask, `${what} beside 4 × ${other}`, request, found);
  } finally {
    going = false;
    await Promise.all(clients);
  }
}

async function measure(ask, what, request, found) {
  const times = [];
  for (let turn = -5; turn < ASKED; turn++) {
    const started = performance.now();
    const answer = await ask(...request());
    if (turn >= 0) times.push(performance.now() - started);
    if (!found(answer)) throw new Error(`${what}: not what it should find: ${JSON.stringify(answer).slice(0, 300)}`);
  }
  return latency(what, times, BUDGET_MS);
}

const POINTS = 10;
const idOf = (number) => number.toString(16).padStart(32, '0');

async function fill(file, runs) {
  const ledger = await openSqliteLedger({ file, clock: systemClock });
  const created = event('ExperimentCreated', { experimentId: EXPERIMENT, name: 'Bench', tags: [] });
  await ledger.append(`experiment-${EXPERIMENT}`, [created], 'any');
  const run = async (number) => {
    const base = { runId: idOf(number), experimentId: EXPERIMENT };
    await ledger.append(`run-${base.runId}`, lifeOf(base, number), 'any');
    const metrics = pointsOf(number, runs);
    await ledger.append(`metrics-${base.runId}`, [event('MetricsLogged', { ...base, metrics })], 'any');
  };
  for (let number = 0; number < runs; number += 128)
    await Promise.all(Array.from({ length: Math.min(128, runs - number) }, (_, index) => run(number + index)));
  await ledger.close();
}

const lifeOf = (base, number) => [
  event('RunStarted', { ...base, name: `bench-${number}`, startTime: START + number, tags: [] }),
  event('ParamsLogged', {
    ...base,
    params: [
      { key: 'max_depth', value: String((number % 7) + 2) },
      { key: 'n_estimators', value: '100' },
      { key: 'seed', value: String(number) },
    ],
  }),
  event('TagsSet', {
    ...base,
    tags: [
      { key: 'Project', value: 'Lab_Modernization' },
      { key: 'mlflow.source.name', value: `train-${number % 50}.py` },
      ...(number < 10 ? [{ key: 'blessed', value: 'yes' }] : []),
    ],
  }),
  event('RunEnded', { ...base, status: 'FINISHED', endTime: START + 100_000 + number }),
];

/** The last losses of all runs differ and are spread evenly over 0 to 1, in no order of time. */
function pointsOf(number, runs) {
  const last = ((number * 7919) % runs) / runs;
  const point = (key, value, step) => ({ key, value, timestamp: START + number + step, step });
  const losses = Array.from({ length: POINTS }, (_, step) => point('loss', last + (POINTS - 1 - step) / 100, step));
  const others = ['accuracy', 'f1'].map((key) => point(key, 1 - last, POINTS));
  return [...losses, ...others, ...(number < 10 ? [point('rare', number, POINTS)] : [])];
}
