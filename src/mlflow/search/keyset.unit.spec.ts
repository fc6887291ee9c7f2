import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readToken, writeToken } from './keyset.js';

const SEARCH = ['runs', "status = 'x'"];
const refused = expect.objectContaining({
  kind: 'invalid',
  code: 'invalid-page-token',
  field: 'page_token',
}) as unknown as Error;

describe('a page token', () => {
  it('gives back the place it was made of, infinite values too', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double({ noNaN: true }),
      fc.constantFrom(Infinity, -Infinity),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (place) => {
        const read = readToken(SEARCH, place.length, writeToken(SEARCH, place));
        expect(read.map((each) => (each === 0 ? 0 : each))).toEqual(place.map((each) => (each === 0 ? 0 : each)));
      }),
    );
  });

  it('belongs to one search', () =>
    expect(() => readToken(['runs', "status = 'y'"], 1, writeToken(SEARCH, ['a']))).toThrow(refused));

  it.each([
    ['', 1],
    ['x', 1],
    ['bnVsbA', 1],
    [writeToken(SEARCH, ['a', 'b']), 1],
    [writeToken(SEARCH, ['a']), 2],
    [writeToken(SEARCH, ['x'.repeat(60_000)]), 1],
    [writeToken(SEARCH, [{ infinite: 2 } as unknown as string]), 1],
    [writeToken(SEARCH, [null as unknown as string]), 1],
  ])('is not %s with %i places', (token, places) => expect(() => readToken(SEARCH, places, token)).toThrow(refused));
});
