/** A condition as a test thinks of it, independent of the language's own parser and tree. */
export interface Want {
  readonly entity: Entity;
  readonly key: string;
  readonly comparator: string;
  readonly value?: string | number | readonly string[];
}
export type Entity = 'metrics' | 'params' | 'tags' | 'attributes' | 'datasets';

export interface WantOrder {
  readonly entity: Exclude<Entity, 'datasets'>;
  readonly key: string;
  readonly descending: boolean;
  /** A logged model's metric, as measured on this. */
  readonly dataset?: { readonly name: string; readonly digest?: string };
}
export type Value = string | number;

/** One of the five things that can be searched for, said a second time: without SQL, tables or a parser. */
export interface SearchKind<Item, Scope> {
  readonly id: (item: Item) => string;
  /** All that the condition's left side stands for; nothing where the item has no such key. */
  readonly values: (item: Item, of: Pick<Want, 'entity' | 'key'>, scope: Scope) => readonly Value[];
  /** Whether the item is searched at all, whatever the filter says. */
  readonly inScope: (item: Item, scope: Scope, wants: readonly Want[], all: readonly Item[]) => boolean;
  /** The conditions that count; all of them when left out. */
  readonly counting?: (wants: readonly Want[]) => readonly Want[];
  readonly sortValue: (item: Item, order: WantOrder) => Value | undefined;
  readonly byDefault: readonly WantOrder[];
  /** What settles ties behind what was asked for. */
  readonly ties: readonly WantOrder[];
}

/** What should be found, in order. */
export function naively<Item, Scope>(
  kind: SearchKind<Item, Scope>,
  all: readonly Item[],
  wants: readonly Want[],
  orders: readonly WantOrder[],
  scope: Scope,
): readonly string[] {
  const counting = kind.counting?.(wants) ?? wants;
  const found = all.filter(
    (item) =>
      kind.inScope(item, scope, wants, all) && counting.every((want) => matches(kind.values(item, want, scope), want)),
  );
  const asked = new Set(orders.map(nameOf));
  const full =
    orders.length === 0 ? kind.byDefault : [...orders, ...kind.ties.filter((tie) => !asked.has(nameOf(tie)))];
  return found
    .toSorted((a, b) => {
      for (const order of full) {
        const result = compare(kind.sortValue(a, order), kind.sortValue(b, order), order.descending);
        if (result !== 0) return result;
      }
      return 0;
    })
    .map(kind.id);
}

const nameOf = ({ entity, key }: WantOrder): string => `${entity}.${key}`;

function matches(found: readonly Value[], { comparator, value }: Want): boolean {
  if (comparator === 'IS NULL') return found.length === 0;
  if (comparator === 'IS NOT NULL') return found.length > 0;
  return found.some((each) => holds(each, comparator, value!));
}

function holds(found: Value, comparator: string, value: NonNullable<Want['value']>): boolean {
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

/** Texts by their bytes; NaN behind all numbers, what is missing behind that, whatever the direction. */
function compare(x: Value | undefined, y: Value | undefined, descending: boolean): number {
  const rank = (value: Value | undefined) => (value === undefined ? 2 : Number.isNaN(value) ? 1 : 0);
  if (rank(x) !== 0 || rank(y) !== 0) return rank(x) - rank(y);
  const result =
    typeof x === 'string' ? Buffer.compare(Buffer.from(x), Buffer.from(String(y))) : byNumber(Number(x), Number(y));
  return descending ? -result : result;
}

const byNumber = (x: number, y: number): number => (x < y ? -1 : x > y ? 1 : 0);
