import { describe, expect, it } from '@jest/globals';
import { Micros, Role, UserId } from '../../core/index.js';
import type { AccountReview } from '../../identity/index.js';
import { checkAccounts, checkSettings, DORMANT_DAYS, MANY_ADDRESSES } from './checks.js';

const DAY = 86_400_000_000;
const now = (1000 * DAY) as Micros;
const ago = (days: number) => (now - days * DAY) as Micros;
const good = {
  host: '127.0.0.1',
  open: false,
  masterKey: Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString('base64'),
  passwordHistory: 5,
  passwordMaxAgeDays: 365,
  tlsCert: undefined,
  sessionIdleMinutes: 30,
  sessionMaxHours: 12,
  secondFactorRoles: ['admin', 'reviewer'] as readonly Role[],
  signingSessionMinutes: 15,
  breakGlassRoles: ['reviewer', 'admin'] as readonly Role[],
  signInFailures: 30,
  webhookLoopback: false,
  smtpUrl: undefined,
  smtpTls: 'required' as const,
};
const relay = (host: string) => ({ host, port: 25, implicit: false });
const account = (more: Partial<AccountReview> = {}): AccountReview => ({
  userId: 'u-1' as UserId,
  login: 'kim',
  kind: 'person',
  roles: ['viewer'],
  createdAt: ago(400),
  lastSignIn: ago(1),
  addresses: 2,
  tokensForEver: 0,
  ...more,
});
const codes = (findings: readonly { readonly code: string }[]) => findings.map(({ code }) => code);

describe('the settings', () => {
  it('are fine when nothing is weak', () => expect(checkSettings(good, undefined)).toEqual([]));
  it.each([
    [{ open: true }, undefined, 'open-server'],
    [{ host: '0.0.0.0' }, undefined, 'no-tls'],
    [{ masterKey: undefined }, '/data/keys/master.key', 'master-key-beside-data'],
    [{ masterKey: Buffer.alloc(32).toString('base64') }, undefined, 'weak-master-key'],
    [{ passwordHistory: 1 }, undefined, 'no-password-history'],
    [{ passwordMaxAgeDays: 0 }, undefined, 'passwords-never-age'],
    [{ secondFactorRoles: [] }, undefined, 'no-second-factor'],
    [{ secondFactorRoles: ['admin'] }, undefined, 'no-second-factor'],
    [{ sessionIdleMinutes: 61 }, undefined, 'long-sessions'],
    [{ sessionMaxHours: 25 }, undefined, 'long-sessions'],
    [{ signingSessionMinutes: 16 }, undefined, 'long-signing-sessions'],
    [{ signInFailures: 1000 }, undefined, 'guessing-is-cheap'],
    [{ webhookLoopback: true }, undefined, 'webhooks-reach-this-machine'],
    [{ smtpUrl: relay('relay.lab.example'), smtpTls: 'none' }, undefined, 'mail-without-tls'],
  ] as const)('%j is told, with what to do', (more, keyFile, code) => {
    const findings = checkSettings({ ...good, ...more }, keyFile);
    expect(codes(findings)).toEqual([code]);
    expect(findings[0]!.do).not.toBe('');
  });
  it('may hand mail to a relay on this machine without TLS', () =>
    expect(checkSettings({ ...good, smtpUrl: relay('127.0.0.1'), smtpTls: 'none' }, undefined)).toEqual([]));
  it('may listen to the network with TLS', () =>
    expect(checkSettings({ ...good, host: '0.0.0.0', tlsCert: '/etc/custody/cert.pem' }, undefined)).toEqual([]));
  it('may leave the key file where it is, once the key comes from elsewhere', () =>
    expect(checkSettings(good, '/data/keys/master.key')).toEqual([]));
});

describe('the accounts', () => {
  const admin = { roles: ['admin'] } as const;
  it('are fine when they are used by those whose they are', () =>
    expect(checkAccounts([account(), account(admin)], now)).toEqual([]));
  it('have no administrator who has been away for long; a new one need not have come yet', () => {
    const away = { ...admin, lastSignIn: undefined };
    expect(codes(checkAccounts([account(away)], now))).toEqual(['dormant-administrator']);
    expect(checkAccounts([account({ ...away, createdAt: ago(DORMANT_DAYS - 1) })], now)).toEqual([]);
    expect(checkAccounts([account({ lastSignIn: undefined })], now)).toEqual([]);
  });
  it('are each used from as many places as one person moves between', () => {
    expect(codes(checkAccounts([account({ addresses: MANY_ADDRESSES })], now))).toEqual(['shared-account']);
    expect(checkAccounts([account({ addresses: MANY_ADDRESSES - 1 })], now)).toEqual([]);
    expect(checkAccounts([account({ addresses: MANY_ADDRESSES, kind: 'service' })], now)).toEqual([]);
  });
  it('have tokens that end, and administrators who do nothing else', () => {
    expect(codes(checkAccounts([account({ tokensForEver: 1 })], now))).toEqual(['tokens-for-ever']);
    expect(codes(checkAccounts([account({ roles: ['admin', 'reviewer'] })], now))).toEqual(['administrator-does-more']);
  });
  it('are named by their id once the person has been erased', () => {
    const [finding] = checkAccounts([account({ login: undefined, tokensForEver: 1 })], now);
    expect(finding!.what).toContain('u-1');
  });
});
