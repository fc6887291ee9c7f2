import { Call, Fields } from './call.js';
import { experimentFilter, experimentOrder, runFilter, runOrder } from './filters.js';
import { distinct, key, metric, param, several, tag, TAG_KEYS, text, value } from './values.js';
import { World } from './world.js';

/**
 * How often a call comes whose outcome is known to differ: after it the two servers are in different states,
 * and the rest of its sequence is not played.
 */
export const RARE = 0.03;

export type Make = (world: World) => Call;

const post = (path: string, fields: Fields, binds?: Call['binds']): Call => ({
  method: 'POST',
  path,
  fields,
  ...(binds ? { binds } : {}),
});
const get = (path: string, fields: Fields, binds?: Call['binds']): Call => ({
  method: 'GET',
  path,
  fields,
  ...(binds ? { binds } : {}),
});

export const createExperiment: Make = (world) => {
  const { random } = world;
  const number = world.experiments.push(world.experiments.length + 1);
  const name = random.chance(0.1)
    ? random.pick(['', `${world.prefix}${'n'.repeat(501)}`, `${world.prefix}exp-1`])
    : `${world.prefix}exp-${world.experiments.length}`;
  const fields = {
    name,
    ...(random.chance(0.4) ? { tags: distinct(several(world, 2, (each) => tag(each, 5000))) } : {}),
    ...(random.chance(RARE)
      ? { artifact_location: random.pick(['s3://bucket/some', 's3://bucket/a/../b', 's3://bucket/x?y#z']) }
      : {}),
  };
  return post('experiments/create', fields, [{ symbol: `exp#${number}`, at: ['experiment_id'] }]);
};

const searchExperiments: Make = (world) => {
  const { random } = world;
  const token = `token#${world.number()}`;
  const fields = {
    filter: experimentFilter(world),
    max_results: random.chance(0.1) ? random.pick([0, -1, 60000]) : random.pick([1, 2, 100]),
    ...(random.chance(0.5) ? { order_by: experimentOrder(world) } : {}),
    ...(random.chance(0.4) ? { view_type: random.pick(['ALL', 'ACTIVE_ONLY', 'DELETED_ONLY', 'ALL', 'NONE']) } : {}),
    ...(random.chance(0.05) ? { page_token: 'made up' } : {}),
  };
  const binds = [{ symbol: token, at: ['next_page_token'] }];
  return random.chance(0.3) ? get('experiments/search', fields, binds) : post('experiments/search', fields, binds);
};

export const createRun: Make = (world) => {
  const { random } = world;
  const number = world.runs.push(world.runs.length + 1);
  const named = random.chance(0.8);
  world.unnamed ||= !named;
  const fields = {
    experiment_id: world.experiment(),
    start_time: world.time(),
    ...(named ? { run_name: `run-${number}` } : {}),
    ...(random.chance(0.3) ? { user_id: random.pick(['ana', 'ben']) } : {}),
    ...(random.chance(0.5) ? { tags: distinct(several(world, 3, tag)) } : {}),
  };
  return post('runs/create', fields, [
    { symbol: `run#${number}`, at: ['run', 'info', 'run_id'] },
    // A run without a name gets one by chance.
    { symbol: `name#${number}`, at: ['run', 'info', 'run_name'] },
  ]);
};

const updateRun: Make = (world) => {
  const { random } = world;
  return post('runs/update', {
    run_id: world.run(),
    ...(random.chance(0.8)
      ? {
          status: random.chance(RARE)
            ? 'DONE'
            : random.pick(['FINISHED', 'FAILED', 'KILLED', 'RUNNING', 'SCHEDULED', 3]),
        }
      : {}),
    ...(random.chance(0.5) ? { end_time: world.time() } : {}),
    ...(random.chance(0.2) ? { run_name: `renamed-${world.number()}` } : {}),
  });
};

const logBatch: Make = (world) =>
  post('runs/log-batch', {
    run_id: world.run(),
    metrics: world.random.chance(0.02) ? Array.from({ length: 1001 }, () => metric(world)) : several(world, 4, metric),
    params: world.random.chance(0.02)
      ? Array.from({ length: 101 }, (_, n) => ({ key: `many-${n}`, value: 'x' }))
      : distinct(several(world, 3, param)),
    tags: distinct(several(world, 3, tag)),
  });

const searchRuns: Make = (world) => {
  const { random } = world;
  return post(
    'runs/search',
    {
      experiment_ids: [
        world.experiment(),
        ...random.some(world.experiments, 2).map((number) => `{{exp#${number}}}`),
      ].filter((id) => id !== '0'),
      ...(random.chance(0.7) ? { filter: runFilter(world) } : {}),
      ...(random.chance(0.5) ? { order_by: runOrder(world) } : {}),
      ...(random.chance(0.5)
        ? { max_results: random.chance(0.1) ? random.pick([0, -1, 50001]) : random.pick([1, 2, 3, 1000]) }
        : {}),
      ...(random.chance(0.4) ? { run_view_type: random.pick(['ALL', 'ACTIVE_ONLY', 'DELETED_ONLY']) } : {}),
    },
    [{ symbol: `token#${world.number()}`, at: ['next_page_token'] }],
  );
};

const history: Make = (world) =>
  get('metrics/get-history', {
    run_id: world.run(),
    metric_key: key(world),
    ...(world.random.chance(0.3) ? { max_results: world.random.pick([1, 2, 100]) } : {}),
  });

const logInputs: Make = (world) => {
  const { random } = world;
  return post('runs/log-inputs', {
    run_id: world.run(),
    datasets: several(world, 2, () => ({
      tags: random.chance(0.6) ? [{ key: 'mlflow.data.context', value: random.pick(['training', 'eval']) }] : [],
      dataset: {
        name: random.pick(['train', 'test']),
        digest: random.pick(['d1', 'd2', 'd3']),
        source_type: 'local',
        source: 's',
        ...(random.chance(0.4) ? { schema: '{"a":1}', profile: '{"rows":2}' } : {}),
      },
    })),
    ...(random.chance(0.15) ? { models: [{ model_id: world.model() }] } : {}),
  });
};

const artifacts: Make = (world) =>
  get('artifacts/list', {
    run_id: world.run(),
    ...(world.random.chance(0.5)
      ? { path: world.random.pick(['', 'model', '../..', '/etc', 'a/../b', '%2e%2e']) }
      : {}),
  });

/** Every call of the tracking API with how often it comes. */
export const TRACKING: readonly (readonly [weight: number, make: Make])[] = [
  [6, createExperiment],
  [2, (world) => get('experiments/get', { experiment_id: world.experiment() })],
  [2, (world) => get('experiments/get-by-name', { experiment_name: `${world.prefix}exp-${world.random.below(4)}` })],
  [6, searchExperiments],
  [
    2,
    (world) =>
      post('experiments/update', {
        experiment_id: world.experiment(),
        ...(world.random.chance(0.9)
          ? { new_name: world.random.chance(0.2) ? `${world.prefix}exp-1` : `${world.prefix}renamed-${world.number()}` }
          : {}),
      }),
  ],
  [1, (world) => post('experiments/delete', { experiment_id: world.experiment() })],
  [2, (world) => post('experiments/restore', { experiment_id: world.experiment() })],
  [3, (world) => post('experiments/set-experiment-tag', { experiment_id: world.experiment(), ...tag(world, 5000) })],
  [
    2,
    (world) =>
      post('experiments/delete-experiment-tag', {
        experiment_id: world.experiment(),
        key: world.random.pick(TAG_KEYS),
      }),
  ],
  [9, createRun],
  [4, updateRun],
  [1, (world) => post('runs/delete', { run_id: world.run() })],
  [2, (world) => post('runs/restore', { run_id: world.run() })],
  [6, (world) => get('runs/get', { run_id: world.run() })],
  [8, (world) => post('runs/log-metric', { run_id: world.run(), ...metric(world) })],
  [6, (world) => post('runs/log-parameter', { run_id: world.run(), ...param(world) })],
  [4, (world) => post('runs/set-tag', { run_id: world.run(), ...tag(world) })],
  [3, (world) => post('runs/delete-tag', { run_id: world.run(), key: world.random.pick(TAG_KEYS) })],
  [7, logBatch],
  [4, logInputs],
  [14, searchRuns],
  [6, history],
  [
    2,
    (world) =>
      get('metrics/get-history-bulk-interval', {
        run_ids: [world.run(), world.run()],
        metric_key: key(world),
        ...(world.random.chance(0.5) ? { max_results: 2 } : {}),
        ...(world.random.chance(0.3) ? { start_step: 0, end_step: 5 } : {}),
      }),
  ],
  [2, artifacts],
  [
    1,
    (world) =>
      post('runs/log-model', {
        run_id: world.run(),
        model_json: world.random.pick([
          '{}',
          'no json',
          JSON.stringify({
            artifact_path: 'm',
            flavors: {},
            utc_time_created: '2026-01-01 00:00:00',
            run_id: text(world),
            model_uuid: value(world, 20),
          }),
        ]),
      }),
  ],
];
