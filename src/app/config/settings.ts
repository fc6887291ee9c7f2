import { resolve } from 'node:path';
import type { Role } from '../../core/index.js';
import type { WebhookAllow } from '../../registry/index.js';
import { artifactsSetting, ArtifactsSetting } from './artifacts-setting.js';
import { EVIDENCE_SETTINGS, EvidenceSettings } from './evidence-settings.js';
import { lineOfText } from './line-of-text.js';
import { MAIL_SETTINGS, mailProblems, MailSettings } from './mail-settings.js';
import { OIDC_SETTINGS, oidcProblems, OidcSettings } from './oidc-settings.js';
import { rolesSetting } from './roles-setting.js';
import { trustedProxiesSetting } from './trusted-proxies-setting.js';
import { webhookAllowSetting } from './webhook-allow-setting.js';

/**
 * Every setting of Custody, read from flags and `CUSTODY_…` variables once at start. A wrong one is
 * named; its value is never printed, since it may be a secret.
 */
export interface Settings extends OidcSettings, MailSettings, EvidenceSettings {
  readonly data: string;
  readonly ledger: string;
  readonly artifacts: ArtifactsSetting;
  readonly host: string;
  readonly port: number;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly open: boolean;
  readonly masterKey: string | undefined;
  readonly passwordHistory: number;
  readonly passwordMaxAgeDays: number;
  readonly sessionIdleMinutes: number;
  readonly sessionMaxHours: number;
  readonly secondFactorRoles: readonly Role[];
  readonly signingSessionMinutes: number;
  readonly breakGlassRoles: readonly Role[];
  readonly breakGlassMinutes: number;
  readonly productionApprovals: number;
  readonly scimIdentityVerified: string | undefined;
  readonly tokenMaxGraceMinutes: number;
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'pretty';
  readonly maxDatasetBytes: number;
  readonly maxArtifactBytes: number;
  readonly maxOpenUploads: number;
  readonly maxStagedBytes: number;
  readonly uploadMaxAgeHours: number;
  readonly maxFetchedBytes: number;
  readonly readWaitMs: number;
  readonly readTrailMs: number;
  readonly signInFailures: number;
  readonly requestsPerMinute: number;
  readonly denialsToAlert: number;
  readonly trustedProxies: readonly string[];
  readonly shutdownMs: number;
  readonly concurrency: number;
  readonly maxRetries: number;
  readonly trainingMemoryMb: number;
  readonly webhookLoopback: boolean;
  readonly webhookAllow: WebhookAllow;
}

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

interface Setting<T> {
  readonly variable: string;
  readonly about: string;
  readonly fallback: string;
  /** Answers the value, or throws an Error that says what is allowed. */
  readonly parse: (text: string) => T;
  readonly secret?: true;
}

type Table = { readonly [Name in keyof Settings]: Setting<Settings[Name]> };

const MiB = 1024 * 1024;

export const SETTINGS: Table = {
  data: setting(
    'CUSTODY_DATA',
    'Folder that holds everything: the log, the read models, the artifacts, the keys.',
    './custody-data',
    (text) => resolve(text),
  ),
  ledger: setting(
    'CUSTODY_LEDGER',
    'The event log: empty for a SQLite file in the data folder, sqlite:///path/to/log.db, esdb://… or kurrentdb://….',
    '',
    ledgerUrl,
    true,
  ),
  artifacts: setting(
    'CUSTODY_ARTIFACTS',
    'Where artifacts are kept: file for the data folder, or s3://bucket/prefix?endpoint=https://host&region=name. Credentials come from the usual AWS variables, files or roles.',
    'file',
    artifactsSetting,
  ),
  host: setting('CUSTODY_HOST', 'Address to listen on.', '127.0.0.1', hostName),
  port: setting('CUSTODY_PORT', 'Port to listen on; 0 takes a free one.', '5000', whole(0, 65535)),
  tlsCert: setting(
    'CUSTODY_TLS_CERT',
    'File with the certificate of the server and its chain (PEM). With it the server speaks https only; SIGHUP reads it again.',
    '',
    file,
  ),
  tlsKey: setting('CUSTODY_TLS_KEY', 'File with the private key of that certificate (PEM, no passphrase).', '', file),
  open: setting(
    'CUSTODY_OPEN',
    'No accounts, loopback only, everyone is recorded as unverified. For a first try.',
    'false',
    bool,
  ),
  masterKey: setting(
    'CUSTODY_MASTER_KEY',
    'Base64 of the 32 bytes that wrap all personal-data keys. Empty: the file keys/master.key in the data folder, made at first start.',
    '',
    masterKey,
    true,
  ),
  passwordHistory: setting(
    'CUSTODY_PASSWORD_HISTORY',
    'How many of their last passwords, the present one included, a person may not take again.',
    '5',
    whole(1, 24),
  ),
  passwordMaxAgeDays: setting(
    'CUSTODY_PASSWORD_MAX_AGE_DAYS',
    'After so many days a password only serves to set another; 0: never.',
    '0',
    whole(0, 3650),
  ),
  sessionIdleMinutes: setting(
    'CUSTODY_SESSION_IDLE_MINUTES',
    'A browser session that is not used for so many minutes is over.',
    '30',
    whole(1, 1440),
  ),
  sessionMaxHours: setting(
    'CUSTODY_SESSION_MAX_HOURS',
    'A browser session is over after so many hours, however much it is used.',
    '12',
    whole(1, 720),
  ),
  secondFactorRoles: setting(
    'CUSTODY_SECOND_FACTOR_ROLES',
    'Roles, separated by commas, whose holders must have a second factor: until then their passwords only serve to enrol one.',
    '',
    rolesSetting,
  ),
  signingSessionMinutes: setting(
    'CUSTODY_SIGNING_SESSION_MINUTES',
    'So many minutes after a signature with password and code, the password alone is enough for further ones in the same browser session (21 CFR 11.200(a)(1)). 0: all of it, every time.',
    '0',
    whole(0, 480),
  ),
  breakGlassRoles: setting(
    'CUSTODY_BREAK_GLASS_ROLES',
    'Roles, separated by commas, that an account which is allowed to may take by itself in need; empty: none.',
    'reviewer,admin',
    rolesSetting,
  ),
  breakGlassMinutes: setting(
    'CUSTODY_BREAK_GLASS_MINUTES',
    'For how many minutes at most a role is taken in need.',
    '60',
    whole(1, 1440),
  ),
  productionApprovals: setting(
    'CUSTODY_PRODUCTION_APPROVALS',
    'How many reviewers must sign before a version moves into or out of Production, or gets or loses the alias champion or production; none of them may have asked for it or trained it. 0: whoever has the right to promote does so alone, unless a published policy says otherwise.',
    '0',
    whole(0, 20),
  ),
  scimIdentityVerified: setting(
    'CUSTODY_SCIM_IDENTITY_VERIFIED',
    'How people were identified before they came into the lab’s directory ("HR saw an identity card, SOP-12"): recorded for each account that the directory creates, which activates it. Empty: each waits until somebody records it.',
    '',
    lineOfText(500),
  ),
  tokenMaxGraceMinutes: setting(
    'CUSTODY_TOKEN_MAX_GRACE_MINUTES',
    'For how long the old secret of a token may go on at most, once it has been given another; 0: not at all.',
    '1440',
    whole(0, 43_200),
  ),
  logLevel: setting(
    'CUSTODY_LOG_LEVEL',
    `Least severe log line to write: ${LOG_LEVELS.join(', ')}.`,
    'info',
    oneOf(LOG_LEVELS),
  ),
  logFormat: setting(
    'CUSTODY_LOG_FORMAT',
    'json (one object a line) or pretty (for people).',
    'json',
    oneOf(['json', 'pretty'] as const),
  ),
  maxDatasetBytes: setting(
    'CUSTODY_MAX_DATASET_BYTES',
    'Largest data set that can be uploaded, in bytes.',
    String(64 * MiB),
    whole(1024, 1024 * MiB),
  ),
  maxArtifactBytes: setting(
    'CUSTODY_MAX_ARTIFACT_BYTES',
    'Largest artifact that can be uploaded, in bytes.',
    String(5 * 1024 * MiB),
    whole(1024, Number.MAX_SAFE_INTEGER),
  ),
  maxOpenUploads: setting(
    'CUSTODY_MAX_OPEN_UPLOADS',
    'Uploads in parts that one account may have open at a time.',
    '100',
    whole(1, 100_000),
  ),
  maxStagedBytes: setting(
    'CUSTODY_MAX_STAGED_BYTES',
    'Bytes that the open uploads in parts of one account may hold at a time; less than CUSTODY_MAX_ARTIFACT_BYTES makes this the largest file in parts.',
    String(20 * 1024 * MiB),
    whole(1024, Number.MAX_SAFE_INTEGER),
  ),
  uploadMaxAgeHours: setting(
    'CUSTODY_UPLOAD_MAX_AGE_HOURS',
    'An upload in parts that gets no part for so many hours is given up.',
    '24',
    whole(1, 8760),
  ),
  maxFetchedBytes: setting(
    'CUSTODY_MAX_FETCHED_BYTES',
    'With artifacts in S3: bytes that all downloads under way may take of the local disk, where they are verified. More are asked to come again.',
    String(20 * 1024 * MiB),
    whole(1024, Number.MAX_SAFE_INTEGER),
  ),
  readWaitMs: setting(
    'CUSTODY_READ_WAIT_MS',
    'How long a read waits for the read models to include what it must see, in milliseconds.',
    '5000',
    whole(1, 60_000),
  ),
  readTrailMs: setting(
    'CUSTODY_READ_TRAIL_MS',
    'How often reads are written into the audit trail, in milliseconds. What a crash loses of them is at most the reads of this time; writes are durable before they are answered.',
    '10000',
    whole(100, 60_000),
  ),
  signInFailures: setting(
    'CUSTODY_SIGN_IN_FAILURES',
    'Failed sign-ins that one address may have within a minute. After them its refusals are counted together in the trail, and it gets 429 for credentials that this server has not seen to be right.',
    '30',
    whole(1, 1_000_000),
  ),
  requestsPerMinute: setting(
    'CUSTODY_REQUESTS_PER_MINUTE',
    'Requests that one account may send within a minute; what is more is answered 429. 0: any number.',
    '0',
    whole(0, 100_000_000),
  ),
  denialsToAlert: setting(
    'CUSTODY_DENIALS_TO_ALERT',
    'So many refusals (403) of one account within a minute are an alert.',
    '20',
    whole(1, 1_000_000),
  ),
  trustedProxies: setting(
    'CUSTODY_TRUSTED_PROXIES',
    'Addresses and networks (10.0.0.5, 10.1.0.0/16) of the proxies in front of the server, separated by commas. Only from them X-Forwarded-For is believed.',
    '',
    trustedProxiesSetting,
  ),
  shutdownMs: setting(
    'CUSTODY_SHUTDOWN_MS',
    'How long a shutdown waits for requests and jobs under way, in milliseconds.',
    '10000',
    whole(0, 600_000),
  ),
  concurrency: setting('CUSTODY_CONCURRENCY', 'Training jobs that one worker runs at a time.', '1', whole(1, 64)),
  maxRetries: setting(
    'CUSTODY_MAX_RETRIES',
    'How often a training job that fails for a passing reason is tried again before it is parked.',
    '5',
    whole(0, 100),
  ),
  trainingMemoryMb: setting(
    'CUSTODY_TRAINING_MEMORY_MB',
    'Memory that one training thread may use, in MiB.',
    '1024',
    whole(64, 65_536),
  ),
  webhookLoopback: setting(
    'CUSTODY_WEBHOOK_LOOPBACK',
    'Let webhooks call this machine itself, also by http. For trying things out; otherwise they call public https hosts only.',
    'false',
    bool,
  ),
  webhookAllow: setting(
    'CUSTODY_WEBHOOK_ALLOW',
    'Receivers inside the house that webhooks may call, also by http, separated by commas: host names (ci.lab.example; whatever private address they have), addresses and networks (10.20.0.0/16).',
    '',
    webhookAllowSetting,
  ),
  ...OIDC_SETTINGS,
  ...MAIL_SETTINGS,
  ...EVIDENCE_SETTINGS,
};

export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
}

/** @throws InvalidSetting naming each wrong variable */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Partial<Record<keyof Settings, string | undefined>> = {},
): Settings {
  const problems: string[] = [];
  const entries = (Object.keys(SETTINGS) as (keyof Settings)[]).map((name) => {
    const { variable, fallback, parse } = SETTINGS[name];
    const text = flags[name] ?? environment[variable] ?? fallback;
    try {
      return [name, parse(text.trim())] as const;
    } catch (error) {
      const given =
        flags[name] === undefined ? variable : `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      problems.push(`${given}: ${(error as Error).message}`);
      return [name, undefined] as const;
    }
  });
  const known = new Set(Object.values(SETTINGS).map(({ variable }) => variable));
  const unknown = Object.keys(environment).filter(
    (key) => key.startsWith('CUSTODY_') && !known.has(key) && !CLIENT_VARIABLES.has(key),
  );
  problems.push(...unknown.map((key) => `${key}: there is no such setting; see .env.example`));
  if (problems.length > 0) throw new InvalidSetting(problems.join('\n'));
  const settings = Object.fromEntries(entries) as unknown as Settings;
  if (settings.open && !isLoopback(settings.host)) {
    throw new InvalidSetting(
      'CUSTODY_HOST: an open server knows nobody, so it listens on loopback only (127.0.0.1, ::1 or localhost)',
    );
  }
  const together = [...oidcProblems(settings), ...mailProblems(settings)];
  if (together.length > 0) throw new InvalidSetting(together.join('\n'));
  return settings;
}

/** Read by the command line when it talks to a server; not settings of the server itself. */
export const CLIENT_VARIABLES: ReadonlySet<string> = new Set([
  'CUSTODY_URL',
  'CUSTODY_TOKEN',
  'CUSTODY_USERNAME',
  'CUSTODY_PASSWORD',
]);

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** The text of `.env.example`; a test holds the file to it. */
export function renderEnvExample(): string {
  const blocks = Object.values(SETTINGS).map(
    ({ variable, about, fallback }) => `# ${about}\n# ${variable}=${fallback}\n`,
  );
  return `# Every setting of Custody with its default. Flags of the command line win over these.\n\n${blocks.join('\n')}`;
}

function setting<T>(
  variable: string,
  about: string,
  fallback: string,
  parse: (text: string) => T,
  secret?: true,
): Setting<T> {
  return secret ? { variable, about, fallback, parse, secret } : { variable, about, fallback, parse };
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new Error(`must be a whole number from ${least} to ${most}`);
    return value;
  };
}

function oneOf<T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw new Error(`must be one of ${values.join(', ')}`);
    return found;
  };
}

function bool(text: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0' || text === '') return false;
  throw new Error('must be true or false');
}

function file(text: string): string | undefined {
  return text === '' ? undefined : resolve(text);
}

function hostName(text: string): string {
  if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(text)) throw new Error('must be a host name or an IP address');
  return text;
}

function ledgerUrl(text: string): string {
  if (text === '' || /^sqlite:\/\/\/.+/.test(text) || /^(esdb|kurrentdb)(\+discover)?:\/\/.+/.test(text)) return text;
  throw new Error('must be sqlite:///path/to/log.db, esdb://host:port?… or kurrentdb://host:port?…');
}

function masterKey(text: string): string | undefined {
  if (text === '') return undefined;
  if (Buffer.from(text, 'base64').length !== 32) throw new Error('must be base64 of exactly 32 bytes');
  return text;
}
