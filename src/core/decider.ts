import { DomainEvent } from './envelope.js';
import { ErrorKind, Refusal } from './errors.js';

/** `ok` with the events to append (none: nothing to change, still a success), or a refusal. */
export type Decision<E extends DomainEvent> =
  { readonly ok: true; readonly events: readonly E[] } | { readonly ok: false; readonly refusal: Refusal };

/**
 * A pure decision maker over one stream: no clock, no randomness, no I/O. Time, ids and the actor come
 * in with the command.
 */
export interface Decider<State, Command, E extends DomainEvent> {
  readonly initial: State;
  readonly evolve: (state: State, event: E) => State;
  readonly decide: (command: Command, state: State) => Decision<E>;
}

export const accept = <E extends DomainEvent>(...events: readonly E[]): Decision<E> => ({ ok: true, events });

export const refuse = (
  kind: ErrorKind,
  code: string,
  message: string,
  field?: string,
): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: field === undefined ? { kind, code, message } : { kind, code, message, field },
});
