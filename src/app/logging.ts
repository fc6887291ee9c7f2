import { createRequire } from 'node:module';
import type { FastifyInstance } from 'fastify';
import type { Params } from 'nestjs-pino';
import { pino, Logger } from 'pino';
import type { Settings } from './config/settings.js';

/** Structured lines on standard error. */
export function createLogger({ logLevel, logFormat }: Pick<Settings, 'logLevel' | 'logFormat'>): Logger {
  const options = { level: logLevel, base: undefined, timestamp: pino.stdTimeFunctions.isoTime };
  if (logFormat === 'pretty') {
    const pretty = createRequire(import.meta.url)('pino-pretty') as (options: object) => pino.DestinationStream;
    return pino(options, pretty({ colorize: process.stderr.isTTY, destination: 2, translateTime: 'SYS:HH:MM:ss' }));
  }
  return pino(options, pino.destination({ dest: 2, sync: false, minLength: 4096, periodicFlush: 200 }));
}

/** Nest's own lines go the same way; requests are logged by the hook below, not by a middleware. */
export const nestLogging = (logger: Logger): Params => ({ pinoHttp: { logger }, forRoutes: [] });

/**
 * One line a request, with its id. Headers, bodies, paths and query strings are never logged: they carry
 * secrets and personal data. The route says what was asked, the actor's pseudonym who asked.
 */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status } = reply;
    const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';
    if (logger.isLevelEnabled(level)) {
      const actor = (request as { custody?: { actor: { id: string } } }).custody?.actor.id;
      const ms = Math.round(reply.elapsedTime * 1000) / 1000;
      logger[level](
        { requestId: request.id, method: request.method, route: request.routeOptions.url, status, ms, actor },
        'request',
      );
    }
    done();
  });
}
