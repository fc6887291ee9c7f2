import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
// Not by the room's index: settings are read before any room is loaded.
import { isAddress } from '../../mail/address.js';
import type { SmtpServer } from '../../mail/index.js';

/** The settings of `CUSTODY_SMTP_…` as they stand; what they mean together is `smtpServer`. */
export interface MailSettings {
  readonly smtpUrl: SmtpUrl | undefined;
  readonly smtpFrom: string;
  readonly smtpTls: 'required' | 'none';
  readonly smtpCa: string | undefined;
}

type SmtpUrl = Pick<SmtpServer, 'host' | 'port' | 'auth'> & { readonly implicit: boolean };

interface MailSetting<T> {
  readonly variable: string;
  readonly about: string;
  readonly fallback: string;
  readonly parse: (text: string) => T;
  readonly secret?: true;
}

export const MAIL_SETTINGS: { readonly [Name in keyof MailSettings]: MailSetting<MailSettings[Name]> } = {
  smtpUrl: {
    variable: 'CUSTODY_SMTP_URL',
    about:
      'The lab’s mail server, through which people are told of requests, decisions and alerts: smtps://user:password@mail.lab.example (TLS from the start, port 465) or smtp://… (STARTTLS, port 587). Empty: no mail.',
    fallback: '',
    parse: smtpUrl,
    secret: true,
  },
  smtpFrom: {
    variable: 'CUSTODY_SMTP_FROM',
    about: 'The address that mail comes from (custody@lab.example).',
    fallback: '',
    parse: address,
  },
  smtpTls: {
    variable: 'CUSTODY_SMTP_TLS',
    about:
      'required, or none for a relay on this machine or on a network that the lab trusts; credentials are sent without TLS on this machine only.',
    fallback: 'required',
    parse: tls,
  },
  smtpCa: {
    variable: 'CUSTODY_SMTP_CA',
    about: 'File with the certificate of the authority that vouches for the mail server (PEM). Empty: the usual ones.',
    fallback: '',
    parse: (text) => (text === '' ? undefined : resolve(text)),
  },
};

/** What is wrong with the settings taken together, each line naming one. */
export function mailProblems({ smtpUrl: url, smtpFrom, smtpTls }: MailSettings): readonly string[] {
  if (!url) return [];
  const problems: string[] = [];
  if (smtpFrom === '') problems.push('CUSTODY_SMTP_FROM: must be given together with CUSTODY_SMTP_URL');
  if (smtpTls === 'none' && url.implicit)
    problems.push('CUSTODY_SMTP_TLS: smtps:// is TLS from the start; use smtp:// for a relay without');
  if (smtpTls === 'none' && url.auth && !isThisMachine(url.host))
    problems.push('CUSTODY_SMTP_TLS: credentials would cross the network in plain text; use TLS, or no credentials');
  return problems;
}

/** @throws when the file of the authority can't be read */
export function smtpServer({ smtpUrl: url, smtpTls, smtpCa }: MailSettings): SmtpServer | undefined {
  if (!url) return undefined;
  const { host, port, auth, implicit } = url;
  const ca = smtpCa === undefined ? {} : { ca: readFileSync(smtpCa, 'utf8') };
  const kind = smtpTls === 'none' ? 'none' : implicit ? 'implicit' : 'starttls';
  return { host, port, tls: kind, ...(auth ? { auth } : {}), ...ca };
}

const isThisMachine = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);

function smtpUrl(text: string): SmtpUrl | undefined {
  if (text === '') return undefined;
  const way =
    'must be smtp://user:password@host:port or smtps://…; special characters of a password are written as %XX';
  const url = URL.parse(text);
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') throw new Error(way);
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') throw new Error(way);
  if ((url.username === '') !== (url.password === '')) throw new Error('needs both a user and a password, or neither');
  const implicit = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (implicit ? 465 : 587) : Number(url.port);
  if (url.username === '') return { host, port, implicit };
  try {
    const auth = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
    return { host, port, implicit, auth };
  } catch {
    throw new Error(way);
  }
}

function address(text: string): string {
  if (text !== '' && !isAddress(text)) throw new Error('must be one plain mail address');
  return text;
}

function tls(text: string): 'required' | 'none' {
  if (text === 'required' || text === 'none') return text;
  throw new Error('must be required or none');
}
