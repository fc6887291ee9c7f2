import { Call, Fields } from './call.js';
import { loggedModelFilter, modelFilter, modelOrder, versionFilter, versionOrder } from './filters.js';
import { Make, RARE } from './tracking-calls.js';
import { distinct, several, tag, TAG_KEYS, text, value } from './values.js';
import { World } from './world.js';

const call = (method: Call['method'], path: string, fields: Fields, binds?: Call['binds']): Call => ({
  method,
  path,
  fields,
  ...(binds ? { binds } : {}),
});
const at = (world: World): { name: string; version: string } => {
  const name = world.registered();
  return { name, version: world.version(name) };
};
const STAGES = ['Staging', 'Production', 'Archived', 'None', 'production', 'STAGING', 'Live', ''];
const ALIASES = ['champion', 'challenger', 'latest', 'v3', 'has space', 'a'.repeat(256), 'ok-1.2_x', ''];

export const createModel: Make = (world) => {
  const { random } = world;
  return call('POST', 'registered-models/create', {
    name: random.chance(RARE)
      ? random.pick(['', 'a/b', 'a:b', '..a', ' ', `${world.prefix}a\nb`, `${world.prefix}${'n'.repeat(257)}`])
      : world.registered(),
    ...(random.chance(0.4) ? { description: text(world) } : {}),
    ...(random.chance(0.4) ? { tags: distinct(several(world, 2, (each) => tag(each, 100_000))) } : {}),
  });
};

const createVersion: Make = (world) => {
  const { random } = world;
  const name = world.registered();
  world.versions.set(name, 1 + (world.versions.get(name) ?? 0));
  const run = world.run();
  return call('POST', 'model-versions/create', {
    name,
    ...random.pick<Fields>([
      { source: `runs:/${run}/model`, run_id: run },
      { source: `mlflow-artifacts:/0/${run}/artifacts/model`, run_id: run },
      { source: `runs:/${run}/model`, ...(random.chance(0.9) ? { run_id: run } : {}) },
      { source: 's3://bucket/models/1' },
      { source: 's3://bucket/models/2', run_id: run },
      { source: 'file:///etc/passwd' },
      { source: '/etc/passwd' },
      { source: 's3://bucket/../x' },
      { source: `models:/${world.prefix}model-1/1` },
      { source: 'models:/{{model#1}}', model_id: '{{model#1}}' },
      { source: 'https://example.com/model' },
      { source: '' },
    ]),
    ...(random.chance(0.3) ? { tags: distinct(several(world, 2, (each) => tag(each, 100_000))) } : {}),
    ...(random.chance(0.3) ? { description: text(world) } : {}),
    ...(random.chance(0.2) ? { run_link: 'https://ci/1' } : {}),
  });
};

export const createLoggedModel: Make = (world) => {
  const { random } = world;
  const number = world.models.push(world.models.length + 1);
  return call(
    'POST',
    'logged-models',
    {
      experiment_id: world.experiment(),
      name: random.chance(0.08) ? random.pick(['', 'a/b', 'a:b', 'a%b']) : `lm-${random.below(4)}`,
      ...(random.chance(0.5) ? { model_type: random.pick(['agent', 'classifier']) } : {}),
      ...(random.chance(0.5) ? { source_run_id: world.run() } : {}),
      ...(random.chance(0.4) ? { params: distinct([{ key: 'depth', value: value(world, 6000) }]) } : {}),
      ...(random.chance(0.4) ? { tags: distinct(several(world, 2, tag)) } : {}),
    },
    [
      { symbol: `model#${number}`, at: ['model', 'info', 'model_id'] },
      // A model without a name gets one by chance.
      { symbol: `name#m${number}`, at: ['model', 'info', 'name'] },
    ],
  );
};

const searchLoggedModels: Make = (world) => {
  const { random } = world;
  return call('POST', 'logged-models/search', {
    experiment_ids: random.some(world.experiments, 2).map((number) => `{{exp#${number}}}`),
    ...(random.chance(0.6) ? { filter: loggedModelFilter(world) } : {}),
    ...(random.chance(0.3) ? { max_results: random.pick([1, 2, 50, 0, -1]) } : {}),
    ...(random.chance(0.3)
      ? {
          order_by: [
            {
              field_name: random.pick(['creation_timestamp', 'name', 'metrics.acc', 'foo']),
              ascending: random.chance(0.5),
            },
          ],
        }
      : {}),
  });
};

const createWebhook: Make = (world) => {
  const { random } = world;
  const number = world.webhooks.push(world.webhooks.length + 1);
  return call(
    'POST',
    'webhooks',
    {
      name: random.pick([`hook-${number}`, '', 'h'.repeat(300)]),
      url: random.pick(['https://example.com/hook', 'https://example.com/hook', 'ftp://example.com/', 'not a url']),
      events: random.pick([
        [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }],
        [
          { entity: 'MODEL_VERSION', action: 'CREATED' },
          { entity: 'MODEL_VERSION_TAG', action: 'SET' },
        ],
        [],
        [{ entity: 'REGISTERED_MODEL', action: 'SET' }],
      ]),
      ...(random.chance(0.4) ? { description: text(world) } : {}),
      ...(random.chance(0.3) ? { secret: 'a secret' } : {}),
      ...(random.chance(0.3) ? { status: random.pick(['ACTIVE', 'DISABLED', 'ASLEEP']) } : {}),
    },
    [{ symbol: `webhook#${number}`, at: ['webhook', 'webhook_id'] }],
  );
};

/** Registered models, their versions, stages, aliases and tags. */
export const REGISTRY: readonly (readonly [weight: number, make: Make])[] = [
  [6, createModel],
  [3, (world) => call('GET', 'registered-models/get', { name: world.registered() })],
  [
    1,
    (world) =>
      call('POST', 'registered-models/rename', {
        name: world.registered(),
        new_name: world.random.chance(0.2) ? '' : world.registered(),
      }),
  ],
  [2, (world) => call('PATCH', 'registered-models/update', { name: world.registered(), description: text(world) })],
  [1, (world) => call('DELETE', 'registered-models/delete', { name: world.registered() })],
  [
    4,
    (world) =>
      call('GET', 'registered-models/search', {
        filter: modelFilter(world),
        max_results: world.random.pick([1, 2, 100]),
        ...(world.random.chance(0.4) ? { order_by: modelOrder(world) } : {}),
      }),
  ],
  [
    3,
    (world) =>
      call(world.random.pick(['GET', 'POST']), 'registered-models/get-latest-versions', {
        name: world.registered(),
        ...(world.random.chance(0.5) ? { stages: world.random.some(STAGES, 2) } : {}),
      }),
  ],
  [2, (world) => call('POST', 'registered-models/set-tag', { name: world.registered(), ...tag(world, 100_000) })],
  [
    1,
    (world) =>
      call('DELETE', 'registered-models/delete-tag', { name: world.registered(), key: world.random.pick(TAG_KEYS) }),
  ],
  [3, (world) => call('POST', 'registered-models/alias', { ...at(world), alias: world.random.pick(ALIASES) })],
  [
    2,
    (world) => call('GET', 'registered-models/alias', { name: world.registered(), alias: world.random.pick(ALIASES) }),
  ],
  [
    1,
    (world) =>
      call('DELETE', 'registered-models/alias', { name: world.registered(), alias: world.random.pick(ALIASES) }),
  ],
  [9, createVersion],
  [3, (world) => call('GET', 'model-versions/get', at(world))],
  [2, (world) => call('PATCH', 'model-versions/update', { ...at(world), description: text(world) })],
  [
    5,
    (world) =>
      call('POST', 'model-versions/transition-stage', {
        ...at(world),
        stage: world.random.pick(STAGES),
        archive_existing_versions: world.random.chance(0.5),
      }),
  ],
  [1, (world) => call('DELETE', 'model-versions/delete', at(world))],
  [
    5,
    (world) =>
      call('GET', 'model-versions/search', {
        filter: versionFilter(world),
        max_results: world.random.pick([1, 2, 100]),
        ...(world.random.chance(0.4) ? { order_by: versionOrder(world) } : {}),
      }),
  ],
  [1, (world) => call('GET', 'model-versions/get-download-uri', at(world))],
  [2, (world) => call('POST', 'model-versions/set-tag', { ...at(world), ...tag(world, 100_000) })],
  [1, (world) => call('DELETE', 'model-versions/delete-tag', { ...at(world), key: world.random.pick(TAG_KEYS) })],
];

/** As MLflow's client sends it: the id in the path and once more in the body. */
const toModel = (world: World, method: Call['method'], below: string, fields: Fields): Call => {
  const model_id = world.model();
  return call(method, `logged-models/${model_id}${below}`, { model_id, ...fields });
};

/** Logged models of MLflow 3, what runs put out, and webhooks. */
export const LOGGED: readonly (readonly [weight: number, make: Make])[] = [
  [5, createLoggedModel],
  [3, (world) => call('GET', `logged-models/${world.model()}`, {})],
  [
    3,
    (world) =>
      toModel(world, 'PATCH', '', {
        status: world.random.chance(RARE)
          ? 'DONE'
          : world.random.pick(['LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED', 2]),
      }),
  ],
  [1, (world) => call('DELETE', `logged-models/${world.model()}`, {})],
  [3, (world) => toModel(world, 'PATCH', '/tags', { tags: distinct(several(world, 2, tag)) })],
  [
    1,
    (world) =>
      call('DELETE', `logged-models/${world.model()}/tags/${world.random.pick(['team', 'stage', 'none'])}`, {}),
  ],
  [
    2,
    (world) =>
      toModel(world, 'POST', '/params', {
        params: [{ key: world.random.pick(['depth', 'width']), value: value(world, 6000) }],
      }),
  ],
  [4, searchLoggedModels],
  [
    2,
    (world) =>
      call('POST', 'runs/outputs', {
        run_id: world.run(),
        models: several(world, 2, () => ({ model_id: world.model(), step: world.random.below(3) })),
      }),
  ],
  [1, createWebhook],
  [1, (world) => call('GET', `webhooks/${world.webhook()}`, {})],
  [
    1,
    (world) =>
      call('PATCH', `webhooks/${world.webhook()}`, {
        description: text(world),
        ...(world.random.chance(0.4) ? { status: 'DISABLED' } : {}),
      }),
  ],
  [1, (world) => call('DELETE', `webhooks/${world.webhook()}`, {})],
];
