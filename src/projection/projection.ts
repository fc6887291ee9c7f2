import { RecordedEvent, Sealed } from '../core/index.js';
import type { DdlBuilder, Statements } from './statements.js';

/** What a projection may use besides the event itself. Pure functions of the log and the keystore only. */
export interface ProjectionContext {
  /** The personal data in the box, or `undefined` when its subject has been erased. */
  readonly unseal: (sealed: Sealed) => string | undefined;
}

/** Takes in one event (already upcast). */
export interface Applier {
  (event: RecordedEvent): void;
  /**
   * For what is cheaper written once a batch than once an event: `begin` forgets what a batch that was rolled
   * back may have left, `end` writes what has gathered, inside the batch's transaction.
   */
  readonly batch?: { readonly begin: () => void; readonly end: () => void };
}

/**
 * One read model: tables that are a function of the log, and can be dropped and rebuilt at any time.
 * `apply` runs inside the transaction that also stores the checkpoint, once for every event in order.
 */
export interface Projection {
  /** `room.read-model`, e.g. `tracking.runs`. */
  readonly name: string;
  /** Raise it with every change to the tables or to what is written: the read models are then rebuilt. */
  readonly version: number;
  /** Every table it owns; nobody else writes them. */
  readonly tables: readonly string[];
  /** CREATE TABLE and CREATE INDEX, in order. */
  readonly schema: (ddl: DdlBuilder) => readonly { readonly sql: string }[];
  /** Prepares its statements, once. */
  readonly prepare: (statements: Statements, context: ProjectionContext) => Applier;
}
