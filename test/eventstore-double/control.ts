import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EventStoreDouble } from './server.js';

const SETTABLE = new Set([
  'unavailableCalls',
  'delayMs',
  'leader',
  'accessDenied',
  'timedOutAppends',
  'lostAnswers',
  'lostAnswerAs',
  'duplicateDeliveries',
  'dropAfterEvents',
]);

/**
 * Faults for a double in a process of its own: `POST /faults` with a JSON object of what to set,
 * `POST /drop` to cut all connections, `POST /reset`, `GET /log` for how many events there are.
 */
export async function startControl(double: EventStoreDouble, port: number): Promise<{ port: number; server: Server }> {
  const server = createServer((request, response) => {
    void handle(double, request).then(
      (answer) => response.end(JSON.stringify(answer)),
      (error: unknown) => response.writeHead(400).end(JSON.stringify({ error: String(error) })),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, server };
}

async function handle(double: EventStoreDouble, request: IncomingMessage): Promise<unknown> {
  switch (`${request.method} ${request.url}`) {
    case 'POST /faults': {
      const wanted = JSON.parse(await body(request)) as Record<string, unknown>;
      const unknown = Object.keys(wanted).find((key) => !SETTABLE.has(key));
      if (unknown !== undefined) throw new Error(`no such fault: ${unknown}`);
      Object.assign(double.faults, wanted);
      return wanted;
    }
    case 'POST /drop':
      double.faults.dropConnections();
      return {};
    case 'POST /reset':
      double.faults.reset();
      return {};
    case 'GET /log':
      return { events: double.log.all.length };
    default:
      throw new Error('no such thing');
  }
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
