import { Call, Json } from './call.js';
import { Random } from './random.js';

/** What a client might send instead of a value: another type, nothing, too much. */
const INSTEAD: readonly Json[] = [
  null,
  '',
  '{prefix}-text',
  3,
  -1,
  1.5,
  true,
  [],
  ['x'],
  {},
  { a: 1 },
  `{prefix}-${'l'.repeat(9000)}`,
  2 ** 53,
  '{prefix}-grün 模型',
];

/** What stays as it is, because the two servers could not be compared from then on. */
const UNTOUCHED: readonly (readonly [path: RegExp, field: string])[] = [
  // Without it a search would find what other sequences have left.
  [/^(experiments|registered-models|model-versions)\/search$/, 'filter'],
  // MLflow believes a body that names another model than the path, and changes that one.
  [/^logged-models\/./, 'model_id'],
  // Without it MLflow's runs start in 1970 and Custody's now, and lists have another order.
  [/^runs\/create$/, 'start_time'],
  // Without it both make one up, and lists by name have another order.
  [/^runs\/create$/, 'run_name'],
];

/** The same call with one field missing or wrong. */
export function mutate(call: Call, random: Random): Call {
  const untouched = UNTOUCHED.flatMap(([path, field]) => (path.test(call.path) ? [field] : []));
  const names = Object.keys(call.fields).filter((name) => !untouched.includes(name));
  if (names.length === 0) return call;
  const mutated = random.pick(names);
  const { [mutated]: dropped, ...rest } = call.fields;
  if (random.chance(0.3)) return { ...call, mutated, fields: rest };
  if (Array.isArray(dropped) && dropped.length > 0 && random.chance(0.6)) {
    const items = dropped as readonly Json[];
    const at = random.below(items.length);
    const changed = items.map((item, index) => (index === at ? mutateItem(item, random) : item));
    return { ...call, mutated, fields: { ...call.fields, [mutated]: changed } };
  }
  return { ...call, mutated, fields: { ...call.fields, [mutated]: random.pick(INSTEAD) } };
}

function mutateItem(item: Json, random: Random): Json {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return random.pick(INSTEAD);
  const name = random.pick(Object.keys(item));
  const fields = Object.entries(item as { readonly [field: string]: Json });
  const rest = Object.fromEntries(fields.filter(([each]) => each !== name));
  return random.chance(0.4) ? rest : { ...rest, [name]: random.pick(INSTEAD) };
}
