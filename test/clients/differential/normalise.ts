import { Answer, Json, Symbols } from './call.js';

/** Times that a server takes from its own clock. Times that a client sets are compared. */
const SERVER_TIMES = new Set([
  'creation_time',
  'last_update_time',
  'creation_timestamp',
  'last_updated_timestamp',
  'creation_timestamp_ms',
  'last_updated_timestamp_ms',
]);
/** Lists that stand for maps or sets: MLflow answers them in whatever order its database gives. */
const UNORDERED = new Set([
  'tags',
  'params',
  'metrics',
  'aliases',
  'dataset_inputs',
  'model_inputs',
  'model_outputs',
  'experiment_ids',
]);
const EXPERIMENTS = new Set(['experiment_id', 'experiment_ids']);

/** An answer in which only what must agree is left. */
export function normalise({ status, body }: Answer, ids: Symbols, ordered: boolean): Answer {
  const long = ids.longOnes();
  const known = (text: string) => long.reduce((now, [actual, symbol]) => now.replaceAll(actual, symbol), text);

  const walk = (value: Json, field: string): Json => {
    if (typeof value === 'string') {
      if (EXPERIMENTS.has(field)) return ids.experiment(value);
      return known(
        value.replace(/^(mlflow-artifacts:\/)(\d+)/, (_, scheme: string, id: string) => scheme + ids.experiment(id)),
      );
    }
    if (typeof value === 'number') return SERVER_TIMES.has(field) ? 'a time of the server' : value;
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) {
      const items = (value as readonly Json[]).map((item) => walk(item, field));
      return UNORDERED.has(field) && !ordered
        ? [...items].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
        : items;
    }
    const entries = Object.entries(value as { readonly [name: string]: Json }).map(([name, inner]) => {
      if (name === 'next_page_token') return [name, 'a token'] as const;
      // Messages are for people; programs match the code.
      if (name === 'message' && 'error_code' in (value as object)) return [name, 'a message'] as const;
      return [name, walk(inner, name)] as const;
    });
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return { status, body: walk(body, '') };
}

/** Where two answers first differ, as a path; `undefined` when they agree. */
export function difference(a: Json, b: Json, path = ''): string | undefined {
  if (Object.is(a, b) || a === b) return undefined;
  if (
    a === null ||
    b === null ||
    typeof a !== 'object' ||
    typeof b !== 'object' ||
    Array.isArray(a) !== Array.isArray(b)
  )
    return `${path || 'the answer'}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`;
  const left = a as { readonly [name: string]: Json };
  const right = b as { readonly [name: string]: Json };
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const at = path === '' ? name : `${path}.${name}`;
    if (!(name in left)) return `${at}: missing against ${JSON.stringify(right[name])}`;
    if (!(name in right)) return `${at}: ${JSON.stringify(left[name])} against missing`;
    const found = difference(left[name]!, right[name]!, at);
    if (found !== undefined) return found;
  }
  return undefined;
}
