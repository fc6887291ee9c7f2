import { createServer, IncomingHttpHeaders, RequestListener, Server } from 'node:http';
import { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver on this machine that keeps what it gets and answers as it is told. */
export class Receiver {
  readonly received: Received[] = [];
  /** For the calls that come, in order; the last one stays. */
  answers: readonly RequestListener[] = [(_request, response) => response.writeHead(200).end('thanks')];
  private waiting: (() => void)[] = [];

  private constructor(private readonly server: Server) {}

  static async open(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { url: path = '', headers } = request;
        receiver.received.push({ path, headers, body: Buffer.concat(chunks).toString() });
        const { answers, received } = receiver;
        answers[Math.min(received.length, answers.length) - 1]!(request, response);
        for (const wake of receiver.waiting.splice(0)) wake();
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  answer(...statuses: readonly number[]): void {
    this.answers = statuses.map(
      (status): RequestListener =>
        (_request, response) =>
          response.writeHead(status).end(),
    );
  }

  /** Once so many calls have come. */
  async calls(count: number): Promise<readonly Received[]> {
    while (this.received.length < count) await new Promise<void>((wake) => this.waiting.push(wake));
    return this.received;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}
