import { Command } from '@nestjs/cqrs';
import { CommandContext, Limits, Micros, UserId } from '../../../core/index.js';

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
    readonly input: {
      readonly label: string;
      readonly expiresAt?: Micros;
      readonly userId?: UserId;
      readonly limits?: Limits;
    },
  ) {
    super();
  }
}

export interface RotatedToken extends IssuedToken {
  /** Until when the secret before it goes on. */
  readonly formerUntil: Micros;
}

/** Another secret for a token: one's own, or (administrators) a service account's. */
export class RotateToken extends Command<RotatedToken> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly tokenId: string; readonly graceMinutes?: number },
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
