import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CommandContext } from '../core/index.js';
import type { Requirement } from './requires.js';

/** A request after the access guard: somebody, with the context for the commands it sends. */
export interface CustodyRequest extends FastifyRequest {
  custody?: CommandContext;
  /** Whether the access guard has had it: what goes wrong before is told to nobody who may not come in. */
  guarded?: true;
  /** Set on its way to a route that reads: what it reads is in the trail before it is answered. */
  reading?: Requirement;
  /** Of an answer that is a list. */
  rows?: number;
}

/** The context of the request's caller: actor, origin, reason, bookmark. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CommandContext => {
  const { custody } = context.switchToHttp().getRequest<CustodyRequest>();
  if (!custody) throw new Error('a route without a caller must be @Public and may not use @Caller');
  return custody;
});
