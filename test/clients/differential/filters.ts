import { World } from './world.js';

const RUN_CLAUSES = [
  'metrics.loss > 0.5',
  'metrics.loss <= 1',
  'metrics.`a/b` != 0',
  'metric.acc = 1',
  'metrics."a.b" >= -3.5',
  "params.p1 = 'a'",
  "params.p2 != 'a'",
  "params.p3 LIKE '%b%'",
  "param.x_1 ILIKE 'a%'",
  "parameters.p1 = 'grün 模型'",
  "tags.team = 'a'",
  "tags.`a b` != 'b'",
  "tags.team LIKE 'x%'",
  "tags.team ILIKE 'XG%'",
  'tags.stage = "it\'s"',
  "status = 'FINISHED'",
  "attributes.status != 'RUNNING'",
  "attr.run_name LIKE '%run-1%'",
  "run_name ILIKE '%RUN%'",
  'start_time > 1700000005000',
  'attributes.end_time <= 1700000400000',
  "artifact_uri LIKE '%artifacts'",
  "run_id IN ('{{run#1}}', '{{run#2}}')",
  "attributes.run_id NOT IN ('{{run#1}}')",
  "run_id = '{{run#2}}'",
  "dataset.name = 'train'",
  "datasets.digest IN ('d1', 'd2')",
  "dataset.context = 'training'",
  "datasets.name LIKE '%est'",
  "user_id = 'ana'",
  'tags.team IS NULL',
  'params.p1 IS NOT NULL',
  "tags.mlflow.user = 'a'",
  "run.status='KILLED'",
];
const BAD_CLAUSES = [
  "metrics.loss = 'abc'",
  'foo.bar = 1',
  'params.p1 > 3',
  'params.p1 = 3',
  "metrics.loss LIKE '1'",
  "status > 'A'",
  'nonsense',
  "tags.team = 'a' OR tags.team = 'b'",
  "(tags.team = 'a')",
  "tags.team = 'unclosed",
  "start_time = 'abc'",
  'run_id IN ()',
  "tags.team IN ('a')",
  "attributes.nothing = 'a'",
  'metrics. > 1',
  '= 3',
  "tags.team 'a'",
  'metrics.loss > 1 AND',
  "dataset.size = 'x'",
  "name = 'x'",
  "run_id IN ('a'",
];

const RUN_ORDERS = [
  'metrics.loss',
  'metrics.loss DESC',
  'metrics.`a/b` ASC',
  'params.p1',
  'params.p2 DESC',
  'tags.team',
  'attributes.start_time ASC',
  'start_time DESC',
  'status',
  'run_name DESC',
  'attribute.end_time',
  'tag.`a b` desc',
];
const BAD_ORDERS = [
  '',
  'metrics',
  'foo.bar',
  'metrics.loss SIDEWAYS',
  'metrics.loss DESC ASC',
  'attributes.nothing',
  'run_name, status',
];

const join = ({ random }: World, good: readonly string[], bad: readonly string[]): string => {
  const clauses = Array.from({ length: 1 + random.below(2) }, () => random.pick(random.chance(0.12) ? bad : good));
  return clauses.join(random.pick([' AND ', ' and ', '  AND  ']));
};

export const runFilter = (world: World): string => join(world, RUN_CLAUSES, BAD_CLAUSES);
export function runOrder({ random, unnamed }: World): string[] {
  const orders = unnamed ? RUN_ORDERS.filter((order) => !order.includes('run_name')) : RUN_ORDERS;
  return random.some(random.chance(0.1) ? BAD_ORDERS : orders, 2);
}

/** Filters over names go with the sequence's own prefix: other sequences' experiments are there as well. */
export function experimentFilter(world: World): string {
  const own = `name LIKE '${world.prefix}%'`;
  const more = join(
    world,
    [
      `name != '${world.prefix}exp-1'`,
      `attribute.name ILIKE '%EXP-2%'`,
      `name = '${world.prefix}exp-1'`,
      "tags.team = 'a'",
      "tags.team LIKE 'x%'",
      "tag.`a b` != 'b'",
      'creation_time > 0',
      'last_update_time >= 1',
      'tags.team IS NULL',
    ],
    [
      'metrics.a = 1',
      'name > 3',
      'name = 5',
      "creation_time = 'x'",
      "nothing = 'a'",
      "tags.team = 'a' OR name = 'b'",
      'name LIKE',
      "name IN ('a')",
      "experiment_id = '0'",
    ],
  );
  return world.random.chance(0.3) ? own : `${own} AND ${more}`;
}
export const experimentOrder = ({ random }: World): string[] =>
  random.some(
    random.chance(0.1)
      ? ['foo', 'tags.team', 'name UP', '']
      : ['name', 'name DESC', 'experiment_id', 'creation_time ASC', 'last_update_time DESC', 'attribute.name asc'],
    2,
  );

export function modelFilter(world: World): string {
  const own = `name LIKE '${world.prefix}%'`;
  const more = join(
    world,
    [
      `name ILIKE '%MODEL-1'`,
      `name != '${world.prefix}model-1'`,
      "tags.team = 'a'",
      "tag.team LIKE 'x%'",
      "tags.`a b` != 'b'",
      `name = '${world.prefix}model-2'`,
    ],
    [
      "name > 'a'",
      'name = 3',
      "tags.team > 'a'",
      'version = 1',
      "name IN ('a')",
      "name = 'a' OR name = 'b'",
      'nonsense',
    ],
  );
  return world.random.chance(0.3) ? own : `${own} AND ${more}`;
}
export function versionFilter(world: World): string {
  const own = `name = '${world.prefix}model-${world.random.below(4)}'`;
  const more = join(
    world,
    [
      "tags.team = 'a'",
      "run_id = '{{run#1}}'",
      "run_id IN ('{{run#1}}','{{run#2}}')",
      'version_number > 1',
      'version_number = 1',
      "source_path LIKE '%model%'",
      "tags.team LIKE 'x%'",
      "source_path ILIKE 'S3%'",
      `name LIKE '${world.prefix}%'`,
    ],
    [
      'version = 1',
      "source = 'a'",
      'run_id = 3',
      "name IN ('a')",
      "version_number = 'x'",
      'run_id IN (1)',
      "stage = 'None'",
    ],
  );
  return world.random.chance(0.3) ? own : `${own} AND ${more}`;
}
export const modelOrder = ({ random }: World): string[] =>
  random.some(
    random.chance(0.1)
      ? ['foo', 'version', 'name UP']
      : ['name', 'name DESC', 'last_updated_timestamp', 'timestamp DESC'],
    1,
  );
export const versionOrder = ({ random }: World): string[] =>
  random.some(
    random.chance(0.1)
      ? ['foo', 'name UP', 'tags.team']
      : ['name', 'version_number DESC', 'version_number ASC', 'creation_timestamp', 'name DESC'],
    2,
  );

export const loggedModelFilter = (world: World): string =>
  join(
    world,
    [
      "name = 'lm-1'",
      "name LIKE 'lm%'",
      "name ILIKE 'LM-2'",
      "attributes.status = 'READY'",
      "model_type = 'agent'",
      "params.depth = 'a'",
      "tags.team = 'a'",
      "tags.team LIKE 'x%'",
      'metrics.acc > 0.5',
      "model_id = '{{model#1}}'",
      "source_run_id = '{{run#1}}'",
      'creation_timestamp > 0',
      "model_id IN ('{{model#1}}')",
    ],
    ['foo.bar = 1', "name > 'a'", "metrics.acc = 'x'", 'status = 3', "name = 'a' OR name = 'b'", 'name ='],
  );
