import { describe, expect, it } from '@jest/globals';
import { EventCatalogue, Micros } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { clockDecider } from './decide.js';
import { ClockEvent, clockEvents } from './events.js';

const YEAR = 365 * 86_400_000_000;
const NOW = 1767603600000000;
const SECOND = 1_000_000;
const { given } = specFor(clockDecider);
const reading = (clock: number, expected: number) => ({ clock: clock as Micros, expected: expected as Micros });
const compare = (clock: number, expected: number) => ({ type: 'compare' as const, ...reading(clock, expected) });
const back = (clock: number, expected: number): ClockEvent => ({
  type: 'ClockJumpedBack',
  data: { ...reading(clock, expected), byMicros: expected - clock },
});
const alert: ClockEvent = { type: 'AlertRaised', data: { alert: 'clock-jumped' } };

describe('a clock that jumped back', () => {
  const jumped = [back(NOW - YEAR, NOW), alert];

  it('is recorded with how far, and is an alert', () =>
    given()
      .when(compare(NOW - YEAR, NOW))
      .then(...jumped));
  it('is nothing when it is a matter of a second', () =>
    given()
      .when(compare(NOW - SECOND, NOW))
      .thenNothing());
  it('is the same one at each look and each start, until it has caught up', () => {
    given(...jumped)
      .when(compare(NOW - YEAR, NOW))
      .thenNothing();
    given(...jumped)
      .when(compare(NOW - YEAR + 5000 * SECOND, NOW))
      .thenNothing();
    given(...jumped)
      .when(compare(NOW - YEAR + 5000 * SECOND, NOW + 5000 * SECOND))
      .thenNothing();
  });
  it('can jump back further, which is another jump', () =>
    given(...jumped)
      .when(compare(NOW - 2 * YEAR, NOW))
      .then(back(NOW - 2 * YEAR, NOW), alert));
  it('is told when it has caught up, and can then jump again', () => {
    const caughtUp: ClockEvent = { type: 'ClockCaughtUp', data: reading(NOW + 1, NOW) };
    given(...jumped)
      .when(compare(NOW + 1, NOW))
      .then(caughtUp);
    given(...jumped, caughtUp)
      .when(compare(NOW - YEAR, NOW))
      .then(...jumped);
    given(...jumped, caughtUp)
      .when(compare(NOW + 2, NOW))
      .thenNothing();
  });
});

describe('a clock that was set forward', () => {
  it('is recorded, and is an alert', () =>
    given()
      .when({ type: 'set-forward', ...reading(NOW + YEAR, NOW) })
      .then({ type: 'ClockJumpedForward', data: { ...reading(NOW + YEAR, NOW), byMicros: YEAR } }, alert));
});

describe('the events of the clock', () => {
  it('are understood in every schema version', () => {
    for (const { type, samples, resource } of new EventCatalogue(clockEvents).definitions) {
      expect(samples).toHaveLength(1);
      expect(resource({})).toEqual({ kind: 'clock', id: 'server' });
      clockDecider.evolve(undefined, { type, data: samples[0] } as unknown as ClockEvent);
    }
  });
});
