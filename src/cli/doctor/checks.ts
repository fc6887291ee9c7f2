import { isLoopback, Settings } from '../../app/config/settings.js';
import { Micros, Role } from '../../core/index.js';
import type { AccountReview } from '../../identity/index.js';

export interface Finding {
  /** Stable, for programs. */
  readonly code: string;
  readonly severity: 'high' | 'medium' | 'low';
  readonly what: string;
  readonly do: string;
}

const DAY = 86_400_000_000;
export const DORMANT_DAYS = 90;
/** A person moves between a desk, a laboratory, home and a telephone. */
export const MANY_ADDRESSES = 6;
/** Random bytes repeat a little: 32 of them hold fewer than this many different ones once in 10^20 keys. */
const FEWEST_DIFFERENT = 16;

type ServerSettings = Pick<
  Settings,
  | 'host'
  | 'open'
  | 'tlsCert'
  | 'masterKey'
  | 'passwordHistory'
  | 'passwordMaxAgeDays'
  | 'sessionIdleMinutes'
  | 'sessionMaxHours'
  | 'secondFactorRoles'
  | 'signingSessionMinutes'
  | 'breakGlassRoles'
  | 'signInFailures'
  | 'webhookLoopback'
  | 'smtpUrl'
  | 'smtpTls'
>;

const LONG_IDLE_MINUTES = 60;
const LONG_SESSION_HOURS = 24;
const LONG_SIGNING_MINUTES = 15;
const MANY_FAILURES = 300;

/** What the settings themselves show. `keyFile`: where the master key lies beside the data, if it does. */
export function checkSettings(settings: ServerSettings, keyFile: string | undefined): readonly Finding[] {
  return [...checkTransport(settings), ...checkMasterKey(settings, keyFile), ...checkSignIns(settings)];
}

function checkTransport(settings: ServerSettings): readonly Finding[] {
  const { host, open, tlsCert, webhookLoopback, smtpUrl, smtpTls } = settings;
  return [
    ...when(open, {
      code: 'open-server',
      severity: 'high',
      what: 'the server is open: nobody is asked who they are, and every event says "unverified"',
      do: 'serve without --open (CUSTODY_OPEN), and make an account for each person and program',
    }),
    ...when(!isLoopback(host) && tlsCert === undefined, {
      code: 'no-tls',
      severity: 'high',
      what: `the server listens on ${host} without TLS: passwords and tokens cross the network readable`,
      do: 'set CUSTODY_TLS_CERT and CUSTODY_TLS_KEY, or listen on 127.0.0.1 behind a proxy that speaks TLS (docs/operations.md)',
    }),
    ...when(webhookLoopback, {
      code: 'webhooks-reach-this-machine',
      severity: 'medium',
      what: 'webhooks may call this machine itself, which is for trying things out',
      do: 'unset CUSTODY_WEBHOOK_LOOPBACK',
    }),
    ...when(smtpUrl !== undefined && smtpTls === 'none' && !isLoopback(smtpUrl.host), {
      code: 'mail-without-tls',
      severity: 'medium',
      what: 'mail crosses the network to the mail server readable',
      do: 'unset CUSTODY_SMTP_TLS, and name the lab’s authority with CUSTODY_SMTP_CA if the mail server’s certificate is its own',
    }),
  ];
}

function checkMasterKey({ masterKey }: ServerSettings, keyFile: string | undefined): readonly Finding[] {
  return [
    ...when(masterKey === undefined && keyFile !== undefined, {
      code: 'master-key-beside-data',
      severity: 'medium',
      what: `the master key lies beside the data that it protects (${keyFile}): one copy of the folder has both`,
      do: 'give it to the server as CUSTODY_MASTER_KEY from a secret store, then move the file out of the data folder',
    }),
    ...when(masterKey !== undefined && differentBytes(masterKey) < FEWEST_DIFFERENT, {
      code: 'weak-master-key',
      severity: 'high',
      what: 'CUSTODY_MASTER_KEY is no random key: too many of its bytes are the same',
      do: 'start a new installation with a key from: openssl rand -base64 32',
    }),
  ];
}

function checkSignIns(settings: ServerSettings): readonly Finding[] {
  const { passwordHistory, passwordMaxAgeDays, sessionIdleMinutes, sessionMaxHours, signInFailures } = settings;
  const mighty = [...new Set<Role>(['admin', ...settings.breakGlassRoles])];
  const withoutFactor = mighty.filter((role) => !settings.secondFactorRoles.includes(role));
  return [
    ...when(withoutFactor.length > 0, {
      code: 'no-second-factor',
      severity: 'medium',
      what: `a password alone is enough for whoever is ${withoutFactor.join(' or ')}`,
      do: `set CUSTODY_SECOND_FACTOR_ROLES to ${mighty.join(',')}, once they know that they will have to enrol one`,
    }),
    ...when(sessionIdleMinutes > LONG_IDLE_MINUTES || sessionMaxHours > LONG_SESSION_HOURS, {
      code: 'long-sessions',
      severity: 'medium',
      what: `a browser that was left alone stays signed in for ${sessionIdleMinutes} minutes, and a session for up to ${sessionMaxHours} hours`,
      do: `set CUSTODY_SESSION_IDLE_MINUTES to ${LONG_IDLE_MINUTES} or less and CUSTODY_SESSION_MAX_HOURS to ${LONG_SESSION_HOURS} or less`,
    }),
    ...when(settings.signingSessionMinutes > LONG_SIGNING_MINUTES, {
      code: 'long-signing-sessions',
      severity: 'medium',
      what: `for ${settings.signingSessionMinutes} minutes after a signature with all components a browser signs on with the password alone; 21 CFR 11.200(a)(1) has one continuous period at the system in mind`,
      do: `set CUSTODY_SIGNING_SESSION_MINUTES to ${LONG_SIGNING_MINUTES} or less, or to 0: all components at every signature`,
    }),
    ...when(signInFailures > MANY_FAILURES, {
      code: 'guessing-is-cheap',
      severity: 'medium',
      what: `one address may try ${signInFailures} wrong passwords a minute`,
      do: 'unset CUSTODY_SIGN_IN_FAILURES',
    }),
    ...when(passwordHistory < 2, {
      code: 'no-password-history',
      severity: 'medium',
      what: 'a new password may be one that was used before',
      do: 'set CUSTODY_PASSWORD_HISTORY to 5 or more',
    }),
    ...when(passwordMaxAgeDays === 0, {
      code: 'passwords-never-age',
      severity: 'low',
      what: 'passwords never become too old; 21 CFR 11.300(b) wants them checked or revised periodically',
      do: 'set CUSTODY_PASSWORD_MAX_AGE_DAYS, or write down how else they are checked',
    }),
  ];
}

/** What the accounts and their use show. */
export function checkAccounts(accounts: readonly AccountReview[], now: Micros): readonly Finding[] {
  const people = accounts.filter(({ kind }) => kind === 'person');
  const admins = people.filter(({ roles }) => roles.includes('admin'));
  const since = now - DORMANT_DAYS * DAY;
  return [
    ...admins
      .filter(({ createdAt, lastSignIn }) => Math.max(createdAt, lastSignIn ?? 0) < since)
      .map((account) => dormant(nameOf(account))),
    ...people.filter(({ addresses }) => addresses >= MANY_ADDRESSES).map(shared),
    ...accounts.filter(({ tokensForEver }) => tokensForEver > 0).map(forEver),
    ...admins
      .filter(({ roles }) => roles.includes('analyst') || roles.includes('reviewer'))
      .map((account) => mixed(nameOf(account))),
  ];
}

const when = (is: boolean, finding: Finding): readonly Finding[] => (is ? [finding] : []);

const differentBytes = (base64: string): number => new Set(Buffer.from(base64, 'base64')).size;

const nameOf = ({ login, userId }: AccountReview): string => login ?? userId;

const dormant = (name: string): Finding => ({
  code: 'dormant-administrator',
  severity: 'high',
  what: `the administrator ${name} has not signed in for ${DORMANT_DAYS} days`,
  do: `custody user disable ${name} --reason …, or take the role away with custody user roles ${name} … --reason …`,
});

const shared = (account: AccountReview): Finding => ({
  code: 'shared-account',
  severity: 'high',
  what: `the password of ${nameOf(account)} was used from ${account.addresses} addresses in ${DORMANT_DAYS} days: perhaps by several people`,
  do: `ask; make an account for each person, then custody user reset-password ${nameOf(account)}`,
});

const forEver = (account: AccountReview): Finding => ({
  code: 'tokens-for-ever',
  severity: 'low',
  what: `${nameOf(account)} has ${account.tokensForEver} tokens that never expire`,
  do: 'replace them: custody token create … --expires, then custody token revoke',
});

const mixed = (name: string): Finding => ({
  code: 'administrator-does-more',
  severity: 'medium',
  what: `${name} is administrator and trains or promotes as well: one person can do everything`,
  do: `give them two accounts, or take one role away: custody user roles ${name} … --reason …`,
});
