import { Json } from './call.js';
import { World } from './world.js';

const KEYS = ['loss', 'acc', 'a/b', 'a.b', 'two words', 'x_1'];
const BAD_KEYS = ['', '../up', '/root', 'a//b', 'semi;colon', 'k'.repeat(251), 'café', '.', 'a/./b'];
const TEXTS = ['a', 'b', 'Ab', 'xgboost', '10', "it's", 'grün 模型', '50%', ''];

export const key = ({ random }: World): string => random.pick(random.chance(0.05) ? BAD_KEYS : KEYS);
export const text = ({ random }: World): string => random.pick(TEXTS);
export const value = (world: World, limit: number): string =>
  world.random.chance(0.03) ? 'v'.repeat(limit + world.random.below(2)) : text(world);

export const metricValue = ({ random }: World): Json =>
  random.chance(0.12)
    ? random.pick<Json>(['NaN', 'Infinity', '-Infinity', '0.5', 1e300, -0.0, 1e-12])
    : random.pick([0, 1, 0.25, -3.5, 12345.678, random.below(100) / 8]);

export const step = ({ random }: World): Json => random.pick<Json>([0, 1, 2, 3, 10, '5', -1, 2 ** 40]);

export const metric = (world: World): { [name: string]: Json } => ({
  key: key(world),
  value: metricValue(world),
  timestamp: world.random.chance(0.2) ? 1_700_000_000_000 : world.time(),
  ...(world.random.chance(0.85) ? { step: step(world) } : {}),
});

export const param = (world: World): { [name: string]: Json } => ({
  key: world.random.chance(0.5) ? `p${world.random.below(12)}` : key(world),
  value: value(world, 6000),
});

export const TAG_KEYS = ['team', 'mlflow.note.content', 'a b', 'stage', 'mlflow.user'];
export const tag = (world: World, limit = 8000): { [name: string]: Json } => ({
  key: world.random.chance(0.05) ? key(world) : world.random.pick(TAG_KEYS),
  value: value(world, limit),
});

/** Keys once each: which of two values of one key in one request wins is not promised. */
export function distinct(entries: readonly { [name: string]: Json }[]): { [name: string]: Json }[] {
  return [...new Map(entries.map((entry) => [JSON.stringify(entry['key']), entry])).values()];
}

export const several = <T>(world: World, most: number, make: (world: World) => T): T[] =>
  Array.from({ length: world.random.below(most + 1) }, () => make(world));
