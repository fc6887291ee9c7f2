import { CommandHandler, ICommandHandler, IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { errors } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { ListSessions, RevokeSession } from './sessions.commands.js';
import { ListedSession, Sessions } from './sessions.js';

@CommandHandler(RevokeSession)
export class RevokeSessionHandler implements ICommandHandler<RevokeSession> {
  constructor(
    private readonly sessions: Sessions,
    private readonly policy: AccessPolicy,
  ) {}

  async execute({ context, input: { sessionId } }: RevokeSession): Promise<void> {
    const userId = this.sessions.ownerOf(sessionId);
    if (userId === undefined) throw errors.notFound('session-not-found', 'there is no such session');
    if (userId !== context.actor.id) {
      const parents = [{ kind: 'user', id: userId }];
      await this.policy.assert(context, 'user:write', { kind: 'session', id: sessionId, parents });
    }
    await this.sessions.end({ userId, sessionId }, 'revoked', context);
  }
}

@QueryHandler(ListSessions)
export class ListSessionsHandler implements IQueryHandler<ListSessions> {
  constructor(
    private readonly sessions: Sessions,
    private readonly policy: AccessPolicy,
  ) {}

  async execute({ context, input: { userId = context.actor.id } }: ListSessions): Promise<readonly ListedSession[]> {
    if (userId !== context.actor.id) await this.policy.assert(context, 'user:read', { kind: 'user', id: userId });
    return this.sessions.live(userId, context.now);
  }
}
