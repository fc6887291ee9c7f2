import { DomainEvent, EventDefinition, JsonObject, Micros } from '../../core/index.js';
import { AlertRaised } from '../alerts/events.js';

/** What a server's clock said, and what it should have: the clock before, or the last event of the log. In microseconds. */
export interface ClockReading {
  readonly clock: Micros;
  readonly expected: Micros;
}
interface Jump extends ClockReading {
  readonly byMicros: number;
}

export type ClockEvent =
  | DomainEvent<'ClockJumpedBack', Jump>
  | DomainEvent<'ClockJumpedForward', Jump>
  /** From here on times of the log are those of the clock again. */
  | DomainEvent<'ClockCaughtUp', ClockReading>
  | AlertRaised;

export const CLOCK = 'server-clock';

const sample = { clock: 1767603600000000, expected: 1799139600000000 };
const define = (type: ClockEvent['type'], summary: string, data: JsonObject): EventDefinition => ({
  type,
  summary,
  stream: CLOCK,
  resource: () => ({ kind: 'clock', id: 'server' }),
  samples: [data],
});

export const clockEvents: readonly EventDefinition[] = [
  define(
    'ClockJumpedBack',
    'The clock of a server was behind the log, or behind what it had said itself; times of the log stand still instead of going back.',
    { ...sample, byMicros: 31536000000000 },
  ),
  define('ClockJumpedForward', 'The clock of a running server was set forward by a lot.', {
    clock: sample.expected,
    expected: sample.clock,
    byMicros: 31536000000000,
  }),
  define('ClockCaughtUp', 'A clock that had jumped back has reached the times of the log again.', {
    clock: sample.expected,
    expected: sample.expected,
  }),
];
