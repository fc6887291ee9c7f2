import { Inject, Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { type MailOptions, MAIL_OPTIONS, SmtpServer } from './options.js';
import { isAddress } from './address.js';
import { oneLine } from './notice.js';

export interface Letter {
  /** Stays the same when it is sent again, so that mailboxes can tell. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** `reason` is missing when the server took it; it never holds what the server says, which may name the address. */
export interface Sent {
  readonly reason?: string;
  /** Whether another attempt may help. */
  readonly passing: boolean;
}

/** Sends letters through the lab's mail server, one connection a letter. Nothing here is ever logged. */
@Injectable()
export class Smtp {
  constructor(@Inject(MAIL_OPTIONS) private readonly options: MailOptions) {}

  get isSetUp(): boolean {
    return this.options.server !== undefined;
  }

  async send({ id, to, subject, text }: Letter): Promise<Sent> {
    const { server, from, timeoutMs } = this.options;
    if (!server) return { passing: false, reason: 'no mail server is set up' };
    if (!isAddress(to)) return { passing: false, reason: 'the address is none that mail can be sent to' };
    const transport = createTransport(connection(server, timeoutMs));
    try {
      await within(
        timeoutMs,
        transport.sendMail({
          from: { name: 'Custody', address: from },
          to: { name: '', address: to },
          envelope: { from, to: [to] },
          messageId: `<${id}@${from.split('@')[1]!}>`,
          subject: oneLine(subject),
          text,
          // No holiday notice answers it.
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
          disableFileAccess: true,
          disableUrlAccess: true,
        }),
      );
      return { passing: false };
    } catch (error) {
      return failure(error, timeoutMs);
    } finally {
      transport.close();
    }
  }
}

function connection({ host, port, tls, auth, ca }: SmtpServer, timeoutMs: number) {
  return {
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: { minVersion: 'TLSv1.2' as const, ...(ca === undefined ? {} : { ca }) },
    ...(auth ? { auth } : {}),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  };
}

class TimedOut extends Error {}

/** A server that says a byte now and then would hold a connection without end. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimedOut()), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function failure(error: unknown, timeoutMs: number): Sent {
  if (error instanceof TimedOut) return { passing: true, reason: `no answer within ${timeoutMs} ms` };
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  const passing = responseCode === undefined || (responseCode >= 400 && responseCode < 500);
  if (code === 'ETLS') return { passing: true, reason: 'there is no safe connection to the mail server (TLS)' };
  if (code === 'EAUTH') return { passing, reason: 'the mail server refused the credentials' };
  if (responseCode !== undefined) return { passing, reason: `the mail server answered ${responseCode}` };
  return { passing, reason: `the mail server could not be reached (${code ?? 'connection failed'})` };
}
