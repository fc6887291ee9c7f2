import { RawBuilder, SqlBool } from 'kysely';
import { Clause, Keyed, OrderKeyed } from './tree.js';

export interface Column {
  readonly sql: RawBuilder<unknown>;
  readonly type: 'text' | 'number';
  /** May be NULL; then it comes last in every order. */
  readonly nullable?: boolean;
}

/** Rows of another table that belong to the row being searched. */
export interface Beside {
  /** A table, or a sub-select in parentheses. */
  readonly table: RawBuilder<unknown>;
  /** Which of its rows belong. For an order it must leave at most one. */
  readonly on: RawBuilder<SqlBool>;
  readonly value: RawBuilder<unknown>;
  /** 1 where the value stands for NaN, which SQLite can't hold. */
  readonly isNan?: RawBuilder<unknown>;
}

/** What an index holds of a value: a number, or the first bytes of a text. */
export type HeldValue = number | Uint8Array;

/** An index over one key's values, with which an order by that key stops with the page. */
export interface ValueIndex {
  readonly table: RawBuilder<unknown>;
  /** The table's column with the id of the row that is searched. */
  readonly id: RawBuilder<unknown>;
  /** The key is there at all. */
  readonly present: RawBuilder<SqlBool>;
  /** The key is there with a value that has a place in the order: all but NaN. */
  readonly numbered: RawBuilder<SqlBool>;
  readonly nan?: RawBuilder<SqlBool>;
  /** What is indexed, in the order of the values themselves: it may hold them apart or not, never turn them round. */
  readonly value: RawBuilder<unknown>;
  readonly held: (value: string | number) => HeldValue;
  /** Only one value looks like this in the index. */
  readonly whole: (held: HeldValue) => boolean;
}

/**
 * How a room's tables answer a vocabulary. Everything that a client sent goes through Kysely's parameters;
 * `alias` is ours, and is what the room must call the table beside.
 */
export interface Source {
  readonly from: RawBuilder<unknown>;
  /** Unique for each row of `from`; what a search answers. */
  readonly id: RawBuilder<unknown>;
  readonly attributes: Readonly<Record<string, Column>>;
  readonly keyed: (target: Keyed, alias: string) => Beside;
  readonly datasets?: (name: string, alias: string) => Beside;
  /** Where an order looks; `keyed` when left out. */
  readonly ordered?: (target: OrderKeyed, alias: string) => Beside;
  /**
   * A select, answered by an index, of the ids that may match a clause: all that do, perhaps others too.
   * Where it is short, a search looks at these rows only instead of walking its order to the end.
   */
  readonly candidates?: (clause: Clause) => RawBuilder<{ readonly id: unknown }> | undefined;
  readonly valueIndex?: (target: OrderKeyed) => ValueIndex;
}
