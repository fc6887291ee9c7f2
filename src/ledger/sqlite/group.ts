import { Micros } from '../../core/index.js';
import { ExpectedRevision, SerializedEvent } from '../port/index.js';

/** One append, ready to be written. Plain values only: it crosses to the writer's thread. */
export interface AppendRequest {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly SerializedEvent[];
}

/** The appends of one commit, and the clock's time at it. */
export interface Group {
  readonly now: Micros;
  readonly requests: readonly AppendRequest[];
}

/** What became of one append of a committed group. */
export type Outcome =
  | { readonly kind: 'appended'; readonly revision: number; readonly position: number; readonly repeated: boolean }
  | { readonly kind: 'conflict'; readonly actual: number | 'none' }
  | { readonly kind: 'violation'; readonly id: string };
