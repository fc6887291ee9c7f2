import { FastifyAdapter } from '@nestjs/platform-fastify';
import { acceptRawUploads } from '../../artifacts/index.js';
import { uuidv7 } from '../../core/index.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../config/settings.js';
import { answerUnrouted } from './exception.filter.js';
import { JSON_BYTES, readJsonBodies } from './json-body.js';

/** The HTTP engine: request ids of our own, bounded bodies, raw streams for files. */
export function fastifyAdapter(settings: Settings): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: JSON_BYTES,
    genReqId: () => uuidv7(),
    // Idle connections end at shutdown; those with a request under way are answered first.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 2000 },
    requestTimeout: 0,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      stamp(request, reply);
      answerUnrouted(error, request, reply);
    },
  });
  const fastify = adapter.getInstance();
  fastify.addContentTypeParser(
    ['text/csv'],
    { parseAs: 'buffer', bodyLimit: settings.maxDatasetBytes },
    (_request, body, done) => done(null, body),
  );
  fastify.removeContentTypeParser('text/plain');
  readJsonBodies(fastify);
  acceptRawUploads(fastify);
  fastify.addHook('onSend', async (request, reply) => stamp(request, reply));
  return adapter;
}

function stamp({ id }: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-request-id', id);
  void reply.header('x-content-type-options', 'nosniff');
  void reply.header('cache-control', 'no-store');
}
