import { FastifyAdapter } from '@nestjs/platform-fastify';
import { acceptRawUploads } from '../../artifacts/index.js';
import { uuidv7 } from '../../core/index.js';
import { Settings } from '../config/settings.js';
import { boundBodyTime } from './body-time.js';
import { commonHeaders } from './common-headers.js';
import { HEADER_BYTES, HEADERS_MS, refuseConnection } from './connection-errors.js';
import { drained } from './drain.js';
import { answerUnrouted } from './exception.filter.js';
import { JSON_BYTES, readJsonBodies } from './json-body.js';
import { HANDSHAKE_MS, Tls } from './tls.js';

/** The HTTP engine: request ids of our own, bounded bodies, raw streams for files. */
export function fastifyAdapter(settings: Settings, tls?: Tls): FastifyAdapter {
  const limits = { maxHeaderSize: HEADER_BYTES, headersTimeout: HEADERS_MS };
  const adapter = new FastifyAdapter({
    bodyLimit: JSON_BYTES,
    trustProxy: settings.trustedProxies.length === 0 ? false : [...settings.trustedProxies],
    genReqId: () => uuidv7(),
    // Idle connections end at shutdown; those with a request under way are answered first.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 2000 },
    // A file may take any time; headers may not, and a body has to keep coming (`body-time.ts`).
    requestTimeout: 0,
    ...(tls ? { https: { ...tls, ...limits, handshakeTimeout: HANDSHAKE_MS } } : { http: limits }),
    clientErrorHandler: refuseConnection,
    frameworkErrors: answerUnrouted,
  });
  const fastify = adapter.getInstance();
  fastify.addContentTypeParser(
    ['text/csv'],
    { parseAs: 'buffer', bodyLimit: settings.maxDatasetBytes },
    (_request, body, done) => done(null, body),
  );
  fastify.removeContentTypeParser('text/plain');
  boundBodyTime(fastify);
  readJsonBodies(fastify);
  acceptRawUploads(fastify);
  fastify.addHook('onSend', async (request, reply) => {
    if (reply.statusCode === 413 || reply.statusCode === 401) await drained(request.raw);
    void reply.headers(commonHeaders(request.id, request.protocol === 'https'));
  });
  return adapter;
}
