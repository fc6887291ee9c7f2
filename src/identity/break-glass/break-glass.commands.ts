import { Command, Query } from '@nestjs/cqrs';
import { CommandContext, Micros, Role, UserId } from '../../core/index.js';
import { Verdict } from './events.js';
import { BreakGlassTable } from './table.js';

/** Whether an account may take a role by itself in need. Needs a reason. */
export class AllowBreakGlass extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly userId: UserId; readonly allowed: boolean },
  ) {
    super();
  }
}

/** Takes a role for a while. Needs a reason. */
export class BreakGlass extends Command<{ readonly reviewId: string; readonly expiresAt: Micros }> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly role: Role; readonly minutes: number },
  ) {
    super();
  }
}

/** The context's reason is the comment. */
export class SignOffBreakGlass extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly reviewId: string; readonly decision: Verdict },
  ) {
    super();
  }
}

/** Newest first. */
export class ListBreakGlassReviews extends Query<readonly BreakGlassTable[]> {
  constructor(readonly state: 'overdue' | 'reviewed' | undefined) {
    super();
  }
}
