import { Clock } from '../core/index.js';

/** How this server reaches the lab's mail server. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** From the first byte (465), after STARTTLS, without which nothing is sent, or not at all. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly auth?: { readonly user: string; readonly pass: string };
  /** PEM; of an authority of the lab's own. */
  readonly ca?: string;
}

export interface MailOptions {
  /** None: no mail is sent, and nothing is kept to be sent. */
  readonly server?: SmtpServer;
  readonly from: string;
  /** For one message, from connecting to the answer. */
  readonly timeoutMs: number;
  /** After the first attempt. */
  readonly retries: number;
  readonly backoffMs: (attempt: number) => number;
  /** How soon this server tries again after a failure of its own. */
  readonly retryMs: number;
  /** What waited longer for its turn is news to nobody: it is parked instead of sent. */
  readonly maxAgeHours: number;
  readonly clock: Clock;
}

export const MAIL_OPTIONS = Symbol('mail-options');
