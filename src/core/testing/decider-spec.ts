import { expect } from '@jest/globals';
import { Decider } from '../decider.js';
import { DomainEvent } from '../envelope.js';
import { Refusal } from '../errors.js';

/** `given(events).when(command).then(events)`, `.thenNothing()` or `.thenRefused({code})`: the one shape of a decider's test. */
export function specFor<S, C, E extends DomainEvent>(decider: Decider<S, C, E>) {
  return {
    given: (...past: readonly E[]) => ({
      when: (command: C) => {
        const decision = decider.decide(command, past.reduce(decider.evolve, decider.initial));
        return {
          then: (...expected: readonly E[]) => expect(decision).toEqual({ ok: true, events: expected }),
          thenNothing: () => expect(decision).toEqual({ ok: true, events: [] }),
          thenRefused: (refusal: Partial<Refusal>) => expect(decision).toMatchObject({ ok: false, refusal }),
        };
      },
    }),
  };
}
