import { describe, expect, it } from '@jest/globals';
import { aliasName, isGoverned, isLatest, newAlias } from './alias.js';

const refused = (code: string) =>
  expect.objectContaining({ kind: 'invalid', code, field: 'alias' }) as unknown as Error;

describe('an alias', () => {
  it.each(['champion', 'A-1_b', 'größe', '2024', 'version1', 'v', 'v1x', 'x'.repeat(255)])('may be %j', (alias) =>
    expect(newAlias(alias)).toBe(alias),
  );

  it.each(['', ' ', 'a b', 'a/b', 'a.b', 'a\n', '../x', 'a@b', 'a%2e', 'a\u0301', '\ud800', 'x'.repeat(256)])(
    'may not be %j, whatever is asked about it',
    (alias) => {
      expect(() => newAlias(alias)).toThrow(refused('alias-invalid'));
      expect(() => aliasName(alias)).toThrow(refused('alias-invalid'));
    },
  );

  it.each(['latest', 'LATEST', 'v1', 'V20', 'v0'])('may be asked for, but not set, when it is %j', (alias) => {
    expect(aliasName(alias)).toBe(alias);
    expect(() => newAlias(alias)).toThrow(refused('alias-reserved'));
  });

  it('is governed when deployments load production by it, in any case', () => {
    expect(['champion', 'CHAMPION', 'Production', 'production'].map(isGoverned)).toEqual([true, true, true, true]);
    expect(['challenger', 'staging', 'champion2'].map(isGoverned)).toEqual([false, false, false]);
  });

  it('means the highest version when it is latest', () =>
    expect(['latest', 'Latest', 'later'].map(isLatest)).toEqual([true, true, false]));
});
