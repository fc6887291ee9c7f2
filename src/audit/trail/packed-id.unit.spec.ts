import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { uuidv7 } from '../../core/index.js';
import { packId, unpackId } from './packed-id.js';

describe('a packed id', () => {
  it('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uuid(),
          fc.string(),
          fc.uuid().map((id) => id.toUpperCase()),
        ),
        (id) => unpackId(packId(id)) === id,
      ),
    );
  });

  it('is read also when it came from another thread, where bytes are no Buffer any more', () => {
    const id = uuidv7();
    expect(unpackId(structuredClone(packId(id)))).toBe(id);
  });

  it('of a UUID is 16 bytes', () => {
    expect(packId(uuidv7())).toHaveLength(16);
  });
});
