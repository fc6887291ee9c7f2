import { Call } from './call.js';
import { mutate } from './mutate.js';
import { Random } from './random.js';
import { createLoggedModel, createModel, LOGGED, REGISTRY } from './registry-calls.js';
import { createExperiment, createRun, Make, TRACKING } from './tracking-calls.js';
import { World } from './world.js';

/** Stands in a sequence for the start of its names, which no other sequence has. */
const PREFIX = '{prefix}-';
const MUTATED = 0.12;
/** Something to work on: else most of a sequence would ask for what is not there. */
const OPENING = [createExperiment, createExperiment, createRun, createRun, createRun, createModel, createLoggedModel];

export function sequence(seed: number, length: number): Call[] {
  const random = new Random(seed);
  const world = new World(random, PREFIX);
  const lottery = [...TRACKING, ...REGISTRY, ...LOGGED].flatMap(([weight, make]) => Array<Make>(weight).fill(make));
  const calls = OPENING.map((make) => make(world));
  while (calls.length < length) {
    const made = random.pick(lottery)(world);
    const call = random.chance(MUTATED) ? mutate(made, random) : made;
    calls.push(call);
    const token = call.binds?.find(({ symbol }) => symbol.startsWith('token#'))?.symbol;
    if (token && random.chance(0.7))
      calls.push({ ...call, binds: [], fields: { ...call.fields, page_token: `{{${token}}}` } });
  }
  return calls;
}

/** The calls with a prefix of their own put in. */
export const named = (calls: readonly Call[], prefix: string): Call[] =>
  JSON.parse(JSON.stringify(calls).replaceAll('{prefix}', prefix)) as Call[];
