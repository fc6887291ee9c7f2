import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { type NoteSigner, type NoteVerifier, signatureLine } from '../note/index.js';
import { AddCheckpoint, parseAddCheckpoint, SIZE_TYPE } from './add-checkpoint.js';
import { openSubmitted, Signed } from './judge.js';
import { RateLimit } from './rate-limit.js';
import { WitnessingLog } from './port.js';
import { WitnessStore } from './witness-store.js';
import { oneLine, WitnessingError } from './words.js';

export interface WitnessServerOptions {
  readonly host: string;
  readonly port: number;
  /** Of the path, empty or beginning with a slash and ending without one. */
  readonly prefix: string;
  readonly signer: NoteSigner;
  readonly logs: readonly { readonly origin: string; readonly verifier: NoteVerifier }[];
  readonly store: WitnessStore;
  readonly requestsPerMinute: number;
  readonly log: WitnessingLog;
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** 63 lines of proof take 3 KB, a checkpoint with many signatures a few more. */
const MAX_BODY = 64 * 1024;

/** C2SP tlog-witness: `POST <prefix>/add-checkpoint`, and nothing else. Knows logs by their keys; asks nobody who they are. */
export class WitnessServer {
  private readonly limit: RateLimit;

  private constructor(
    private readonly server: Server,
    private readonly options: WitnessServerOptions,
  ) {
    this.limit = new RateLimit(options.requestsPerMinute);
    server.on('request', (request, response) => void this.answer(request, response));
  }

  static async listen(options: WitnessServerOptions): Promise<WitnessServer> {
    const limits = { requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 30_000, maxHeaderSize: 8192 };
    const server = createServer({ ...limits, connectionsCheckingInterval: 1000 });
    server.maxConnections = 1000;
    const witness = new WitnessServer(server, options);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(options.port, options.host, () => resolve());
    });
    return witness;
  }

  get url(): string {
    const { address, family, port } = this.server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${this.options.prefix}`;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeIdleConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await this.replyTo(request).catch((error: Error): Reply => {
      this.options.log.error({ error: error.message }, 'a submission could not be answered');
      return { status: 500, body: 'this witness has trouble of its own; try again\n' };
    });
    response.writeHead(reply.status, {
      'content-type': reply.type ?? 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(reply.body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      // What was not read of a request must not be taken for the next one.
      ...(request.complete ? {} : { connection: 'close' }),
      ...reply.headers,
    });
    response.end(reply.body);
  }

  private async replyTo(request: IncomingMessage): Promise<Reply> {
    const { prefix } = this.options;
    if (request.url !== `${prefix}/add-checkpoint`) {
      return { status: 404, body: `a witness answers POST ${prefix}/add-checkpoint only\n` };
    }
    if (request.method !== 'POST') return { status: 405, body: 'POST only\n', headers: { allow: 'POST' } };
    const wait = this.limit.take(request.socket.remoteAddress ?? '', Date.now());
    if (wait > 0) {
      return { status: 429, body: 'too many submissions\n', headers: { 'retry-after': String(wait) } };
    }
    const body = await bodyOf(request);
    if (!body) return { status: 413, body: `a submission has at most ${MAX_BODY} bytes\n` };
    return this.submission(body);
  }

  private submission(body: Buffer): Reply {
    const submitted = parsed(body);
    if ('status' in submitted) return submitted;
    const opened = openSubmitted(submitted, (origin) => this.keysOf(origin));
    if ('status' in opened) {
      this.options.log.warn({ status: opened.status }, `refused a submission: ${oneLine(opened.words)}`);
      return { status: opened.status, body: `${opened.words}\n` };
    }
    return this.judged(opened, submitted);
  }

  private judged(signed: Signed, submitted: AddCheckpoint): Reply {
    const { signer, store, log } = this.options;
    const { origin, size } = signed.checkpoint;
    const facts = { origin, size };
    // Stored, and on disk, before it is signed: a crash in between costs an answer, never a promise.
    const verdict = store.take(signed, submitted, Date.now());
    if (verdict.kind === 'other-size') {
      if (verdict.split !== undefined) log.error({ ...facts, status: 409 }, verdict.split);
      return { status: 409, type: SIZE_TYPE, body: `${verdict.size}\n` };
    }
    if (verdict.kind === 'refuse') {
      log.error({ ...facts, status: verdict.refused.status }, `not cosigned: ${verdict.refused.words}`);
      return { status: verdict.refused.status, body: `${verdict.refused.words}\n` };
    }
    const signature = signer.sign(Buffer.from(signed.text));
    log.info(facts, `cosigned ${oneLine(origin)} at ${size} entries`);
    return { status: 200, body: signatureLine({ name: signer.name, keyId: signer.keyId, signature }) };
  }

  private keysOf(origin: string): readonly NoteVerifier[] {
    return this.options.logs.filter((log) => log.origin === origin).map(({ verifier }) => verifier);
  }
}

function parsed(body: Buffer): AddCheckpoint | Reply {
  try {
    return parseAddCheckpoint(body);
  } catch (error) {
    if (error instanceof WitnessingError) return { status: 400, body: `${error.message}\n` };
    throw error;
  }
}

/** Nothing when it is too large; the rest is not read. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  // `for await` would destroy the connection at the end, and with it the answer.
  return new Promise((resolve) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY) resolve(undefined);
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    // Gone, or too slow: nobody is left to answer.
    request.on('error', () => resolve(undefined));
  });
}
