import { Command } from '@nestjs/cqrs';
import { CommandContext, Micros, UserId } from '../../../core/index.js';

export interface IssuedToken {
  readonly tokenId: string;
  readonly userId: UserId;
  /** Shown this once; it is kept nowhere in readable form. */
  readonly secret: string;
}

/** For oneself, or (administrators) for a service account. */
export class IssueToken extends Command<IssuedToken> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly label: string; readonly expiresAt?: Micros; readonly userId?: UserId },
  ) {
    super();
  }
}

/** One's own, or (administrators) anybody's. */
export class RevokeToken extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly tokenId: string },
  ) {
    super();
  }
}
