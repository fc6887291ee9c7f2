import { SearchedRun } from './run-search-lab.js';

/** A condition as the test thinks of it, independent of the language's own parser and tree. */
export interface Want {
  readonly entity: 'metrics' | 'params' | 'tags' | 'attributes' | 'datasets';
  readonly key: string;
  readonly comparator: string;
  readonly value?: string | number | readonly string[];
}
export interface WantOrder {
  readonly entity: Exclude<Want['entity'], 'datasets'>;
  readonly key: string;
  readonly descending: boolean;
}

type Value = string | number | null;

export function matches(run: SearchedRun, { entity, key, comparator, value }: Want): boolean {
  const found = entity === 'datasets' ? datasetValues(run, key) : [valueOf(run, entity, key)];
  if (comparator === 'IS NULL') return found[0] === undefined;
  if (comparator === 'IS NOT NULL') return found[0] !== undefined;
  return found.some((each) => each !== undefined && each !== null && holds(each, comparator, value!));
}

const datasetValues = ({ inputs }: SearchedRun, key: string): readonly string[] =>
  inputs.flatMap((input) => (key === 'context' ? input.contexts : [key === 'name' ? input.name : input.digest]));

function valueOf(run: SearchedRun, entity: Exclude<Want['entity'], 'datasets'>, key: string): Value | undefined {
  if (entity !== 'attributes') return Object.hasOwn(run[entity], key) ? run[entity][key]! : undefined;
  if (key === 'artifact_uri') return `mlflow-artifacts:/1/${run.run_id}/artifacts`;
  const column = { run_name: 'name', user_id: 'user', created: 'start_time' }[key] ?? key;
  return run[column as 'name'];
}

function holds(found: string | number, comparator: string, value: string | number | readonly string[]): boolean {
  if (comparator === 'IN') return (value as readonly string[]).includes(String(found));
  if (comparator === 'NOT IN') return !(value as readonly string[]).includes(String(found));
  if (comparator === 'LIKE') return like(String(found), String(value));
  if (comparator === 'ILIKE') return like(lower(String(found)), lower(String(value)));
  if (comparator === '=') return found === value;
  if (comparator === '!=') return found !== value;
  const [a, b] = [Number(found), Number(value)];
  return { '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b }[comparator]!;
}

const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** By the textbook: a table of which prefixes of the pattern match which prefixes of the text. */
function like(text: string, pattern: string): boolean {
  const [characters, parts] = [[...text], [...pattern]];
  let row = [true, ...characters.map(() => false)];
  for (const part of parts) {
    const next = [part === '%' && row[0]!];
    for (let at = 1; at <= characters.length; at++)
      next.push(
        part === '%' ? row[at]! || next[at - 1]! : row[at - 1]! && (part === '_' || part === characters[at - 1]),
      );
    row = next;
  }
  return row.at(-1)!;
}

export function naiveOrder(runs: readonly SearchedRun[], order: readonly WantOrder[]): readonly string[] {
  const full = [...order];
  if (!order.some(({ entity, key }) => entity === 'attributes' && key === 'start_time'))
    full.push({ entity: 'attributes', key: 'start_time', descending: true });
  full.push({ entity: 'attributes', key: 'run_id', descending: false });
  return runs
    .toSorted((a, b) => full.map((each) => compare(a, b, each)).find((result) => result !== 0) ?? 0)
    .map(({ run_id }) => run_id);
}

function compare(a: SearchedRun, b: SearchedRun, { entity, key, descending }: WantOrder): number {
  const [x, y] = [valueOf(a, entity, key) ?? null, valueOf(b, entity, key) ?? null];
  const rank = (value: Value) => (value === null ? 2 : Number.isNaN(value) ? 1 : 0);
  if (rank(x) !== 0 || rank(y) !== 0) return rank(x) - rank(y);
  const result =
    typeof x === 'string'
      ? Buffer.compare(Buffer.from(x), Buffer.from(String(y)))
      : Number(x) < Number(y)
        ? -1
        : x === y
          ? 0
          : 1;
  return descending ? -result : result;
}
