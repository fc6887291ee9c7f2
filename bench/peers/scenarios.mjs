import { HISTORY_POINTS } from './seed.mjs';

const API = '/api/2.0/mlflow/';
const TIME = 1767603600000;

const post = (path, body) => ({ method: 'POST', path: API + path, body });
const get = (path) => ({ method: 'GET', path: API + path });
const list = (count, item) => Array.from({ length: count }, (_, index) => item(index)).join(',');

// Bodies are put together as text: what the load generator spends is missing to the servers on a small machine.
const metric = (key, step) => `{"key":"${key}","value":${step / 7},"timestamp":${TIME + step},"step":${step}}`;
const metrics = (run, keys, steps, number) =>
  `{"run_id":"${run}","metrics":[${list(keys * steps, (index) => metric(`metric${index % keys}`, number * steps + Math.floor(index / keys)))}]}`;
const params = (run, count, number) =>
  `{"run_id":"${run}","params":[${list(count, (index) => `{"key":"param${number}-${index}","value":"${index / 7}"}`)}]}`;

const oneOf = (ids, number) => ids[number % ids.length];

/**
 * The scenarios that FastTrackML publishes (its benchmarks folder), and a single `log-metric`. Each request
 * is a new one: `number` counts up, no point and no parameter is ever sent twice.
 */
export const scenarios = [
  {
    name: 'create run',
    writes: true,
    request: (number) =>
      post(
        'runs/create',
        `{"experiment_id":"0","start_time":${TIME + number},"tags":[{"key":"mlflow.user","value":"bench"}]}`,
      ),
  },
  {
    name: 'log metric',
    writes: true,
    request: (number, { runs }) =>
      post('runs/log-metric', `{"run_id":"${oneOf(runs, number)}",${metric('metric0', number).slice(1)}`),
  },
  {
    name: 'log 10 metrics',
    writes: true,
    request: (number, { runs }) => post('runs/log-batch', metrics(oneOf(runs, number), 10, 1, number)),
  },
  {
    name: 'log 500 metrics',
    writes: true,
    request: (number, { runs }) => post('runs/log-batch', metrics(oneOf(runs, number), 125, 4, number)),
  },
  {
    name: 'log 10 params',
    writes: true,
    request: (number, { runs }) => post('runs/log-batch', params(oneOf(runs, number), 10, number)),
  },
  {
    name: 'log 100 params',
    writes: true,
    request: (number, { runs }) => post('runs/log-batch', params(oneOf(runs, number), 100, number)),
  },
  {
    name: 'search runs, by filter',
    writes: false,
    request: (number, { experimentIds }) =>
      post(
        'runs/search',
        `{"experiment_ids":["${oneOf(experimentIds, number)}"],"max_results":10,"filter":"metrics.metric1 > 1 and params.param1 != '1'"}`,
      ),
  },
  {
    name: 'search runs, newest 10',
    writes: false,
    request: (number, { experimentIds }) =>
      post('runs/search', `{"experiment_ids":["${oneOf(experimentIds, number)}"],"max_results":10}`),
  },
  {
    name: 'search experiments',
    writes: false,
    request: () =>
      post('experiments/search', `{"max_results":10,"filter":"name LIKE 'experiment_%' AND tags.team = 'bench'"}`),
  },
  {
    name: 'metric history, 4 points',
    writes: false,
    request: (_, { historyRun }) => get(`metrics/get-history?run_id=${historyRun}&metric_key=metric1`),
  },
  {
    name: `metric history, ${HISTORY_POINTS.toLocaleString('en')} points`,
    writes: false,
    request: (_, { historyRun }) => get(`metrics/get-history?run_id=${historyRun}&metric_key=long`),
  },
];
