import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Metric, RunTag } from './events.js';
import { bytesOf, EVENT_BYTES, inEvents } from './sizes.js';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const whole = fc.maxSafeInteger();
const metric: fc.Arbitrary<Metric> = fc.record({
  key: text,
  value: fc.double({ noNaN: true, noDefaultInfinity: true }),
  timestamp: whole,
  step: whole,
});
const tag: fc.Arbitrary<RunTag> = fc.record({
  key: text,
  value: fc.oneof(text, fc.record({ subject: text, box: text })),
});
const items = fc.array(fc.oneof(metric, tag), { maxLength: 20 });
const exactly = (list: readonly object[]) =>
  list.reduce((sum, item) => sum + Buffer.byteLength(JSON.stringify(item)) + 1, 0);

describe('the size of what goes into an event', () => {
  it('is never taken for less than it is', () => {
    fc.assert(
      fc.property(items, fc.nat(10_000), (list, limit) => {
        const bytes = bytesOf(list, limit);
        expect(bytes).toBeGreaterThanOrEqual(exactly(list));
        if (bytes > limit) expect(bytes).toBe(exactly(list));
      }),
    );
  });
  it('settles into how many events it goes: all of it, in order, each within the limit', () => {
    const large = fc.array(
      fc.record({ key: fc.constant('k'), value: fc.integer({ min: 0, max: 400_000 }).map((size) => 'é'.repeat(size)) }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(large, (list) => {
        const parts = inEvents(list);
        expect(parts.flat()).toEqual(list);
        for (const part of parts) {
          expect(part.length).toBeGreaterThan(0);
          expect(exactly(part)).toBeLessThanOrEqual(EVENT_BYTES);
        }
      }),
      { numRuns: 20 },
    );
  });
});
