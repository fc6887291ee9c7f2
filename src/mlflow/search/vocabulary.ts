import { Comparator, OrderTerm, Target } from './tree.js';

/**
 * What may stand right of a comparator: `text` in quotes, any `number`, a `whole` number, a
 * `whole-or-quoted` one, or an id of `digits` in quotes.
 */
export type ValueType = 'text' | 'number' | 'whole' | 'whole-or-quoted' | 'digits';

export interface Subject {
  readonly type: ValueType;
  readonly comparators: readonly Comparator[];
}

export interface Attribute extends Subject {
  /** Other spellings that mean the same. */
  readonly aliases?: readonly string[];
}

/** What of one entity can be searched for. All of it is data; the parser knows no entity. */
export interface Vocabulary {
  /** In the plural, as messages say it. */
  readonly what: string;
  /** What stands before the dot, in each of its spellings, and what it means. */
  readonly prefixes: Readonly<Record<string, Target['kind']>>;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly datasets?: Readonly<Record<string, Subject>>;
  readonly metric?: Subject;
  readonly param?: Subject;
  readonly tag?: Subject;
  readonly order: OrderVocabulary;
  /** Texts may go without quotes, as MLflow has it for logged models. */
  readonly bareTexts?: boolean;
}

export interface OrderVocabulary {
  /** Attribute by each spelling that an order may use. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly keyed: readonly ('metric' | 'param' | 'tag')[];
  /** What holds when nothing is asked for; it ends in something unique. */
  readonly byDefault: readonly OrderTerm[];
  /** What settles ties behind an order that was asked for; it ends in something unique. */
  readonly ties: readonly OrderTerm[];
}

export const NUMERIC: readonly Comparator[] = ['=', '!=', '>', '>=', '<', '<='];
export const TEXTUAL: readonly Comparator[] = ['=', '!=', 'LIKE', 'ILIKE'];
export const LISTED: readonly Comparator[] = [...TEXTUAL, 'IN', 'NOT IN'];
export const NULLABLE: readonly Comparator[] = [...TEXTUAL, 'IS NULL', 'IS NOT NULL'];

export const by = (name: string, direction: OrderTerm['direction']): OrderTerm => ({
  target: { kind: 'attribute', name },
  direction,
});

/** `{a, b}` that each mean themselves. */
export const themselves = (...names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, name]));
