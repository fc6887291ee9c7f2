import { Command, Query } from '@nestjs/cqrs';
import { CommandContext, UserId } from '../../core/index.js';
import { ListedSession } from './sessions.js';

/** One's own, or (administrators) anybody's. */
export class RevokeSession extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly sessionId: string },
  ) {
    super();
  }
}

/** One's own, or those of another account for those who may see accounts. Newest first. */
export class ListSessions extends Query<readonly ListedSession[]> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly userId?: UserId },
  ) {
    super();
  }
}
