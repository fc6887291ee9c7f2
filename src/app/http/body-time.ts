import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';

export interface BodyTime {
  readonly sliceMs: number;
  readonly leastBytes: number;
}

/** Slower than any line that files are sent over, and too quick for somebody who wants to hold connections for nothing. */
const BODY_TIME: BodyTime = { sliceMs: 30_000, leastBytes: 8 * 1024 };

/** How long a client that is still sending has to read the answer. */
const LINGER_MS = 1_000;

interface Waiting {
  readonly until: number;
  readonly bytes: number;
}

/**
 * A body may take any time as long as it comes: in each slice of time at least so much of it. Node's own limit
 * is for the whole request, and a file of gigabytes may well take an hour.
 */
export function boundBodyTime(fastify: FastifyInstance, { sliceMs, leastBytes }: BodyTime = BODY_TIME): void {
  const waiting = new Map<IncomingMessage, Waiting>();
  const givenUp = new WeakSet<IncomingMessage>();
  const slice = ({ socket }: IncomingMessage): Waiting => ({ until: Date.now() + sliceMs, bytes: socket.bytesRead });
  const look = () => {
    const now = Date.now();
    for (const [request, { until, bytes }] of waiting) {
      if (request.complete || request.destroyed) waiting.delete(request);
      else if (now < until) continue;
      else if (request.socket.bytesRead - bytes >= leastBytes) waiting.set(request, slice(request));
      else {
        waiting.delete(request);
        givenUp.add(request);
        // Whoever reads it hears of it, and answers; what else the client sends is not read any more.
        request.emit('error', tooSlow(sliceMs));
      }
    }
  };
  const timer = setInterval(look, Math.max(10, sliceMs / 6)).unref();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    if (hasBody) waiting.set(request.raw, slice(request.raw));
    done();
  });
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    if (givenUp.has(request.raw)) void reply.header('connection', 'close');
    done();
  });
  fastify.addHook('onResponse', ({ raw }, _reply, done) => {
    waiting.delete(raw);
    // Answered before it was read: nobody reads the rest, and it must not hold the connection.
    if (!raw.complete) setTimeout(() => raw.destroy(), LINGER_MS).unref();
    done();
  });
  fastify.addHook('onClose', (_fastify, done) => {
    clearInterval(timer);
    done();
  });
}

const tooSlow = (sliceMs: number) =>
  Object.assign(new Error(`the body stopped coming for ${sliceMs / 1000} seconds: nothing was done; send it again`), {
    statusCode: 408,
  });
