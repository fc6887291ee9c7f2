import { AddressInfo } from 'node:net';
import { SMTPServer, SMTPServerOptions } from 'smtp-server';

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

/** A real mail server on this machine, that keeps what it gets and refuses whom it is told to. */
export class MailServer {
  readonly received: Received[] = [];
  /** Answers to RCPT, by address; the last one stays. */
  readonly refused = new Map<string, number[]>();
  readonly signedIn: string[] = [];
  attempts = 0;
  /** Where the next letters get no answer any more: `asked`, before they are taken; `taken`, after it. */
  readonly hangs: ('asked' | 'taken' | 'nowhere')[] = [];
  private hanging: (typeof this.hangs)[number] = 'nowhere';
  private waiting: (() => void)[] = [];

  private constructor(
    private readonly server: SMTPServer,
    readonly port: number,
  ) {}

  static async open(options: SMTPServerOptions = {}, port = 0): Promise<MailServer> {
    const kept: { server?: MailServer } = {};
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      ...options,
      onAuth: ({ username = '' }, _session, done) => {
        kept.server!.signedIn.push(username);
        done(null, { user: username });
      },
      onRcptTo: ({ address }, _session, done) => {
        kept.server!.attempts += 1;
        kept.server!.hanging = kept.server!.hangs.shift() ?? 'nowhere';
        for (const wake of kept.server!.waiting.splice(0)) wake();
        if (kept.server!.hanging === 'asked') return;
        const answers = kept.server!.refused.get(address);
        const code = answers && (answers.length > 1 ? answers.shift()! : answers[0]!);
        if (!code || code < 400) return done();
        done(Object.assign(new Error(`no such person: ${address}`), { responseCode: code }));
      },
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          const to = envelope.rcptTo.map(({ address }) => address);
          kept.server!.received.push({ from, to, raw: Buffer.concat(chunks).toString() });
          for (const wake of kept.server!.waiting.splice(0)) wake();
          if (kept.server!.hanging !== 'taken') done();
        });
      },
    });
    server.on('error', () => undefined);
    await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));
    kept.server = new MailServer(server, (server.server.address() as AddressInfo).port);
    return kept.server;
  }

  /** Once so many letters have come. */
  async letters(count: number): Promise<readonly Received[]> {
    while (this.received.length < count) await new Promise<void>((wake) => this.waiting.push(wake));
    return this.received;
  }

  /** Once somebody has asked so many times to leave a letter. */
  async asked(count: number): Promise<void> {
    while (this.attempts < count) await new Promise<void>((wake) => this.waiting.push(wake));
  }

  async close(): Promise<void> {
    await new Promise<void>((closed) => this.server.close(closed));
  }
}
