import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromIso, Micros, systemClock, toIso } from './clock.js';

describe('time', () => {
  it('is written in UTC with microseconds', () => {
    expect(toIso(1_767_603_600_123_456 as Micros)).toBe('2026-01-05T09:00:00.123456Z');
  });

  it('what is written can be read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8_000_000_000_000_000 }), (at) => {
        expect(fromIso(toIso(at as Micros))).toBe(at);
      }),
    );
  });

  it('reads dates, offsets and fewer digits', () => {
    expect(fromIso('2026-01-05')).toBe(Date.UTC(2026, 0, 5) * 1000);
    expect(fromIso('2026-01-05T09:00+09:00')).toBe(Date.UTC(2026, 0, 5) * 1000);
    expect(fromIso('2026-01-05T00:00:00.5Z')).toBe(Date.UTC(2026, 0, 5) * 1000 + 500_000);
  });

  it.each([
    'yesterday',
    '',
    '2026-13-01',
    '2026-02-31',
    '2026-02-30T10:00Z',
    '05.01.2026',
    '2026-01-05T25:00',
    '2026-01-05T09:00:00.1234567Z',
  ])('does not read %j', (text) => {
    expect(fromIso(text)).toBeUndefined();
  });

  it('the system clock has microseconds', () => {
    const readings = Array.from({ length: 1000 }, () => systemClock.now());
    expect(readings.some((at) => at % 1000 !== 0)).toBe(true);
    expect(Math.abs(readings[0]! / 1000 - Date.now())).toBeLessThan(5000);
  });
});
