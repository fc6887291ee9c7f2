import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { Micros } from '../../core/index.js';

const ISSUER = 'Custody';
const PERIOD_SECONDS = 30;
/** As RFC 4226 recommends: as many bits as SHA-1 gives. */
const SECRET_BYTES = 20;
/** One step before and after: a clock that is half a minute wrong, a code typed slowly. */
const WINDOW = 1;
export const RECOVERY_CODES = 10;
/** Crockford's letters: none looks like another. 32 of them, so that each byte gives one evenly. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RECOVERY_LETTERS = 16;

export const newFactorSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

/** SHA-1, six digits, thirty seconds: the one setting that every authenticator app knows. */
const totp = (secret: string, label: string): TOTP =>
  new TOTP({
    issuer: ISSUER,
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_SECONDS,
    secret: Secret.fromBase32(secret),
  });

export const factorUri = (secret: string, login: string): string => totp(secret, login).toString();

export const isTimedCode = (code: string): boolean => /^\d{6}$/.test(code);

/** The step (RFC 6238: T) that the code belongs to; `undefined` when it belongs to none near the time. */
export function stepOf(secret: string, code: string, now: Micros): number | undefined {
  if (!isTimedCode(code)) return undefined;
  const timestamp = Math.floor(now / 1000);
  const delta = totp(secret, '').validate({ token: code, window: WINDOW, timestamp });
  return delta === null ? undefined : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta;
}

/** 80 random bits each, in four groups. */
export const newRecoveryCodes = (): readonly string[] =>
  Array.from({ length: RECOVERY_CODES }, () =>
    [...randomBytes(RECOVERY_LETTERS)]
      .map((byte) => LETTERS[byte % LETTERS.length])
      .join('')
      .replace(/(.{4})(?=.)/g, '$1-'),
  );

/** However somebody types it: dashes, spaces and case don't count. `undefined` for what can't be one. */
export function recoveryCode(text: string): string | undefined {
  const letters = text.replace(/[\s-]/g, '').toUpperCase();
  return letters.length === RECOVERY_LETTERS && [...letters].every((letter) => LETTERS.includes(letter))
    ? letters
    : undefined;
}
