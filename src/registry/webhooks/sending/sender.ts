import { lookup } from 'node:dns/promises';
import { IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { isIP, LookupFunction } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { CustodyError } from '../../../core/index.js';
import { type SenderOptions, WEBHOOK_OPTIONS } from '../options.js';
import { InternalReceivers } from './internal-receivers.js';
import { assertAddresses, hostOf, urlInvalid, webhookUrl } from './target.js';

const MAX_RESPONSE = 16 * 1024;

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal?: AbortSignal;
}

/** `reason` is missing when the receiver took it; it holds nothing of what the receiver says. */
export interface Outcome {
  readonly status?: number;
  readonly body?: string;
  readonly reason?: string;
  /** Whether another attempt may help. */
  readonly passing: boolean;
}

export const resolveHost = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);

/**
 * The only way in which this server calls others. Which address is called is decided here, once for each
 * call, and the connection goes to that address: a name that changes its meaning in between changes
 * nothing. No redirects, no proxy, a bounded time and a bounded answer.
 */
@Injectable()
export class WebhookSender {
  private readonly internal: InternalReceivers;

  constructor(@Inject(WEBHOOK_OPTIONS) private readonly options: SenderOptions) {
    this.internal = new InternalReceivers(options.allowLoopback, options.allow);
  }

  /** @throws CustodyError naming the field, when the URL may not be called */
  async check(text: string): Promise<URL> {
    const url = webhookUrl(text, this.internal);
    await this.addressOf(url, AbortSignal.timeout(this.options.timeoutMs));
    return url;
  }

  async send({ url: text, headers, body, signal }: Post): Promise<Outcome> {
    const timeout = AbortSignal.timeout(this.options.timeoutMs);
    const ended = signal ? AbortSignal.any([timeout, signal]) : timeout;
    try {
      const url = webhookUrl(text, this.internal);
      const address = await this.addressOf(url, ended);
      const { status, answer } = await exchange(url, address, { headers, body, signal: ended });
      const taken = status >= 200 && status < 300;
      const passing = status === 429 || status >= 500;
      return { status, body: answer, passing, ...(taken ? {} : { reason: `the receiver answered ${status}` }) };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof CustodyError) return { passing: false, reason: error.message };
      if (timeout.aborted) return { passing: true, reason: `no answer within ${this.options.timeoutMs} ms` };
      const { code } = error as NodeJS.ErrnoException;
      return { passing: true, reason: `the receiver could not be reached (${code ?? 'connection failed'})` };
    }
  }

  private async addressOf(url: URL, signal: AbortSignal): Promise<string> {
    const host = hostOf(url);
    const addresses = isIP(host) ? [host] : await this.resolve(host, signal);
    assertAddresses(url, addresses, this.internal);
    return addresses[0]!;
  }

  /** A look-up can't be cancelled, but nobody waits for it longer than for the rest. */
  private async resolve(host: string, signal: AbortSignal): Promise<readonly string[]> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([this.options.resolve(host), late]);
    } catch (error) {
      if (signal.aborted) throw error;
      throw urlInvalid(`the host ${host} is not known`);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}

interface Exchange {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

function exchange(
  url: URL,
  address: string,
  { headers, body, signal }: Exchange,
): Promise<{ status: number; answer: string }> {
  const family = isIP(address);
  const pinned: LookupFunction = (_host, { all }, done) =>
    all ? done(null, [{ address, family }]) : done(null, address, family);
  const send = url.protocol === 'https:' ? overHttps : overHttp;
  // An agent of its own: none of the process's settings for proxies, and no connection kept or shared.
  const options = { method: 'POST', agent: false, lookup: pinned, signal, headers: withLength(headers, body) } as const;
  return new Promise((resolve, reject) => {
    const call = send(url, options, (response) => {
      beginningOf(response)
        .then((answer) => resolve({ status: response.statusCode!, answer }))
        .catch(reject)
        .finally(() => call.destroy());
    });
    call.once('error', reject);
    call.end(body);
  });
}

const withLength = (headers: Readonly<Record<string, string>>, body: string) => ({
  'Content-Type': 'application/json',
  ...headers,
  'Content-Length': String(Buffer.byteLength(body)),
});

/** No more than fits; the rest is not read. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_RESPONSE) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_RESPONSE).toString('utf8');
}
