import { describe, expect, it } from '@jest/globals';
import { Secret } from 'otpauth';
import { Micros } from '../../core/index.js';
import { factorUri, newFactorSecret, newRecoveryCodes, recoveryCode, stepOf } from './one-time-codes.js';

const at = (seconds: number) => (seconds * 1_000_000) as Micros;

describe('one-time codes', () => {
  /** RFC 6238, appendix B; its codes have eight digits, of which the last six are ours. */
  const secret = Secret.fromLatin1('12345678901234567890').base32;
  it.each([
    [59, '287082', 1],
    [1_111_111_109, '081804', 37_037_036],
    [1_111_111_111, '050471', 37_037_037],
    [1_234_567_890, '005924', 41_152_263],
    [2_000_000_000, '279037', 66_666_666],
    [20_000_000_000, '353130', 666_666_666],
  ])('are those of the standard %i s after the epoch', (seconds, code, step) => {
    expect(stepOf(secret, code, at(seconds))).toBe(step);
  });

  it('are good one step early and one step late, and no further', () => {
    const [code, step] = ['287082', 1];
    expect([29, 30, 59, 60, 89].map((seconds) => stepOf(secret, code, at(seconds)))).toEqual(Array(5).fill(step));
    expect(stepOf(secret, code, at(90))).toBeUndefined();
    expect(stepOf(secret, '081804', at(1_111_111_109 - 60))).toBeUndefined();
  });

  it('are nothing that only looks alike', () => {
    for (const code of ['287083', '28708', '2870820', '', ' 87082', '٢٨٧٠٨٢'])
      expect(stepOf(secret, code, at(59))).toBeUndefined();
  });

  it('come from a secret of 160 random bits that authenticator apps read', () => {
    const mine = newFactorSecret();
    expect(mine).toMatch(/^[A-Z2-7]{32}$/);
    expect(newFactorSecret()).not.toBe(mine);
    const uri = new URL(factorUri(mine, 'ada & co'));
    expect(decodeURIComponent(uri.pathname)).toContain('Custody:ada & co');
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: 'Custody',
      secret: mine,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});

describe('recovery codes', () => {
  it('are ten, each another, in groups of four', () => {
    const codes = newRecoveryCodes();
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
  });
  it('are known however they are typed', () => {
    expect(recoveryCode('abcd-ef01 2345-6789')).toBe('ABCDEF0123456789');
    for (const text of ['', '123456', 'ABCD-EF01-2345-678', 'ABCD-EF01-2345-6789-0', 'ABCD-EF01-2345-678U'])
      expect(recoveryCode(text)).toBeUndefined();
  });
});
