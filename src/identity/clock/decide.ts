import { accept, Decider, Decision, Micros, never } from '../../core/index.js';
import { ClockEvent, ClockReading } from './events.js';

/** What steps of a time service, leap seconds and servers that differ a little may come to. */
export const TOLERATED = 2_000_000;

/** How far behind the clock was when that was recorded; nothing while it is right. */
export type ClockState = ClockReading | undefined;

export type ClockCommand =
  | ({ readonly type: 'compare' } & ClockReading)
  /** Seen by a running server, whose other clock can't be set. */
  | ({ readonly type: 'set-forward' } & ClockReading);

const jump = (type: 'ClockJumpedBack' | 'ClockJumpedForward', clock: Micros, expected: Micros): Decision<ClockEvent> =>
  accept<ClockEvent>(
    { type, data: { clock, expected, byMicros: Math.abs(expected - clock) } },
    { type: 'AlertRaised', data: { alert: 'clock-jumped' } },
  );

/** A jump is recorded once, whoever sees it and however often: until the clock has caught up it is the same one. */
export const clockDecider: Decider<ClockState, ClockCommand, ClockEvent> = {
  initial: undefined,
  evolve: (state, event) => {
    switch (event.type) {
      case 'ClockJumpedBack':
        return { clock: event.data.clock, expected: event.data.expected };
      case 'ClockCaughtUp':
        return undefined;
      case 'ClockJumpedForward':
      case 'AlertRaised':
        return state;
      default:
        return never(event);
    }
  },
  decide: (command, behind) => {
    const { type, clock, expected } = command;
    switch (type) {
      case 'set-forward':
        return jump('ClockJumpedForward', clock, expected);
      case 'compare': {
        const gap = expected - clock;
        if (gap > TOLERATED)
          return behind && isSame(behind, command) ? accept() : jump('ClockJumpedBack', clock, expected);
        return behind && gap <= 0 ? accept<ClockEvent>({ type: 'ClockCaughtUp', data: { clock, expected } }) : accept();
      }
      default:
        return never(type);
    }
  },
};

/** The clock has gone on since, and is no further behind than it was. */
const isSame = (behind: ClockReading, now: ClockReading): boolean =>
  now.clock >= behind.clock - TOLERATED && now.expected - now.clock <= behind.expected - behind.clock + TOLERATED;
