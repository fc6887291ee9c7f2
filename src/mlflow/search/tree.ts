/** What a filter and an order say, after parsing: typed, with every name already the entity's own. */

export type Equality = '=' | '!=';
export type Ordering = '>' | '>=' | '<' | '<=';
export type Comparator = Equality | Ordering | 'LIKE' | 'ILIKE' | 'IN' | 'NOT IN' | 'IS NULL' | 'IS NOT NULL';

export type Target =
  { readonly kind: 'attribute'; readonly name: string } | { readonly kind: 'dataset'; readonly name: string } | Keyed;

export interface Keyed {
  readonly kind: 'metric' | 'param' | 'tag';
  readonly key: string;
}

export type Condition =
  | { readonly kind: 'compare'; readonly comparator: Equality | Ordering; readonly value: string | number }
  | { readonly kind: 'like'; readonly caseSensitive: boolean; readonly pattern: string }
  | { readonly kind: 'among'; readonly negated: boolean; readonly values: readonly (string | number)[] }
  | { readonly kind: 'presence'; readonly present: boolean };

/** Clauses are joined by AND; MLflow's language has neither OR nor parentheses. */
export interface Clause {
  readonly target: Target;
  readonly condition: Condition;
}

export type Direction = 'asc' | 'desc';

export interface OrderTerm {
  readonly target: Extract<Target, { readonly kind: 'attribute' }> | OrderKeyed;
  readonly direction: Direction;
}

/** A logged model's metric may be meant as it was measured on one data set. */
export interface OrderKeyed extends Keyed {
  readonly dataset?: { readonly name: string; readonly digest?: string };
}
