import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { errors, Position, START } from '../../core/index.js';
import { CustodyRequest, Declared, isRead, readsModels, REQUIRES, SEES_READS } from '../../http/index.js';
import { AccessTrail, ReadTrail } from '../../identity/index.js';
import { ProjectionHost } from '../projection/projection-host.js';

export const POSITION_HEADER = 'x-custody-position';

/**
 * You read what you wrote: a write answers the position it reached, and a read waits until the read
 * models include everything this server has acknowledged, and the position that the client names. A
 * guard, after the one that knows the caller, and a hook: an interceptor would cost every request more.
 */
@Injectable()
export class ReadGate implements CanActivate {
  private acknowledged: Position = START;
  private turn: Promise<void> | undefined;

  constructor(
    private readonly reflector: Reflector,
    private readonly projections: ProjectionHost,
    private readonly trail: AccessTrail,
    private readonly reads: ReadTrail,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const handler = context.getHandler();
    const declared = this.reflector.get<Declared>(REQUIRES, handler);
    if (!declared || declared === 'public' || !readsModels(declared.action)) return true;
    const request = context.switchToHttp().getRequest<CustodyRequest>();
    if (isRead(declared.action) && declared.action !== 'self:read') {
      this.reads.assertRecordable();
      request.reading = declared;
    }
    await this.wait(request, this.reflector.get(SEES_READS, handler) === true ? await this.reads.flush() : START);
    return true;
  }

  /** Puts the position on every answer to a request that has written, successful or not. */
  answerPositions(fastify: FastifyInstance): void {
    fastify.addHook('onSend', (request, reply, _payload, done) => {
      const position = (request as CustodyRequest).custody?.bookmark.position ?? START;
      if (position > START) {
        if (position > this.acknowledged) this.acknowledged = position;
        void reply.header(POSITION_HEADER, String(position));
      }
      done();
    });
  }

  private async wait(request: CustodyRequest, reads: Position): Promise<void> {
    // A denial is written by the guard, before any route is reached.
    let needed = Math.max(this.acknowledged, this.trail.position, reads) as Position;
    const header = request.headers[POSITION_HEADER];
    if (header !== undefined) {
      const asked = typeof header === 'string' && /^\d{1,16}$/.test(header) ? Number(header) : NaN;
      if (!Number.isSafeInteger(asked)) {
        throw errors.invalid(
          'invalid-position',
          `${POSITION_HEADER} must be the number that a write answered`,
          POSITION_HEADER,
        );
      }
      if (asked > needed) needed = asked as Position;
    }
    if (needed > this.projections.checkpoint) await this.projections.reached(needed);
    await this.together();
  }

  /**
   * Reads that came in one turn of the event loop go on together, so that their answers leave together: to
   * wake a client for each of them would cost more than to answer it.
   */
  private together(): Promise<void> {
    this.turn ??= new Promise((resolve) =>
      setImmediate(() => {
        this.turn = undefined;
        resolve();
      }),
    );
    return this.turn;
  }
}
