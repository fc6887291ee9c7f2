import { describe, expect, it } from '@jest/globals';
import { derivedId, hexId, uuidv7 } from './ids.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([78])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('ids', () => {
  it('a UUIDv7 carries its version and variant', () => {
    expect(UUID.exec(uuidv7())?.[1]).toBe('7');
  });

  it('UUIDv7s of one process sort in the order they were made, also many in one millisecond', () => {
    const ids = Array.from({ length: 20_000 }, () => uuidv7(1_700_000_000_000));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('a UUIDv7 never goes back when the clock does', () => {
    const before = uuidv7(Date.now() + 10_000);
    expect(uuidv7(0) > before).toBe(true);
  });

  it('a derived id is a function of its key alone, and marked as version 8', () => {
    expect(derivedId('job', 1)).toBe(derivedId('job', 1));
    expect(derivedId('job', 1)).not.toBe(derivedId('job', '1'));
    expect(derivedId('a', 'bc')).not.toBe(derivedId('ab', 'c'));
    expect(UUID.exec(derivedId('x'))?.[1]).toBe('8');
  });

  it('a hex id is 32 lower-case hex digits', () => {
    expect(hexId()).toMatch(/^[0-9a-f]{32}$/);
    expect(hexId('k')).toBe(hexId('k'));
  });
});
