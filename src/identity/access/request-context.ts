import { Inject, Injectable } from '@nestjs/common';
import { Actor, Bookmark, UserId } from '../../core/index.js';
import type { Clock, CommandContext } from '../../core/index.js';
import { CustodyRequest } from '../../http/index.js';
import { IDENTITY_CLOCK } from '../clock.js';
import { ClientSeals } from './client-seals.js';
import { accessStream } from './events.js';
import { checkedReason, headerText } from './header-text.js';
import { Unidentified } from './identification.js';

export const REASON_HEADER = 'x-custody-reason';
export const CORRELATION_HEADER = 'x-correlation-id';
const SAFE_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** Who, when, why and from where, made from a request. */
@Injectable()
export class RequestContexts {
  constructor(
    private readonly seals: ClientSeals,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws CustodyError kind `invalid` when the reason is not fit to be recorded */
  of(request: CustodyRequest, actor: Actor): CommandContext {
    return this.context(request, actor, actor.id, reasonOf(request));
  }

  /**
   * For what is recorded about a client that nobody knows. Its address and the name it claims are sealed
   * under a subject of that day, so that they can be erased by the day. A name that is an account's is its
   * person's: erased with them, and not recorded any more afterwards.
   */
  ofUnknown(request: CustodyRequest, { claimedLogin, userId }: Unidentified): CommandContext {
    const subject = accessStream(this.clock.now());
    const claimedName = claimedLogin === undefined ? undefined : this.seals.name(userId ?? subject, claimedLogin);
    const actor: Actor = {
      id: 'anonymous' as UserId,
      kind: 'person',
      roles: [],
      via: 'none',
      verified: false,
      ...(claimedName === undefined ? {} : { claimedName }),
    };
    return this.context(request, actor, subject, undefined);
  }

  private context(request: CustodyRequest, actor: Actor, subject: string, reason: string | undefined): CommandContext {
    const requestId = request.id;
    const correlation = request.headers[CORRELATION_HEADER];
    return {
      actor,
      reason,
      origin: { requestId, client: this.seals.of(subject, request) },
      correlationId: typeof correlation === 'string' && SAFE_ID.test(correlation) ? correlation : requestId,
      now: this.clock.now(),
      bookmark: new Bookmark(),
    };
  }
}

function reasonOf(request: CustodyRequest): string | undefined {
  const header = request.headers[REASON_HEADER];
  if (header === undefined) return undefined;
  return checkedReason(headerText(Array.isArray(header) ? header.join(', ') : header), REASON_HEADER);
}
