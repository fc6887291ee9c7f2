import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { CustodyRequest } from '../../http/index.js';
import { ReadTrail } from '../../identity/index.js';
import { rowsOf, whatWasRead } from './what-was-read.js';

/**
 * Every answered read goes into the trail before its first byte leaves. Hooks, not an interceptor: files are
 * streamed, and answered past Nest.
 */
@Injectable()
export class ReadRecorder {
  constructor(private readonly trail: ReadTrail) {}

  recordReads(fastify: FastifyInstance): void {
    fastify.addHook('preSerialization', (request, _reply, payload, done) => {
      const read = request as CustodyRequest;
      if (read.reading) read.rows = rowsOf(payload);
      done(null, payload);
    });
    fastify.addHook('onSend', (request, { statusCode }, _payload, done) => {
      const { reading, custody, rows } = request as CustodyRequest;
      if (reading === undefined || custody === undefined || statusCode >= 400) return done();
      try {
        this.trail.note(custody, whatWasRead(request, reading, rows));
        done();
      } catch (error) {
        done(error as Error);
      }
    });
  }
}
