import { describe, expect, it } from '@jest/globals';
import { sameSecret } from './same-secret.js';

describe('two secrets', () => {
  it('are the same when every byte is', () => {
    expect(sameSecret('sésame', 'sésame')).toBe(true);
    expect(sameSecret('sésame', 'sesame')).toBe(false);
    expect(sameSecret('sesam', 'sesame')).toBe(false);
    expect(sameSecret('', 'sesame')).toBe(false);
  });

  it.each([undefined, null, 7, ['sesame'], {}])('are not when one is %p', (given) =>
    expect(sameSecret(given, 'sesame')).toBe(false),
  );
});
