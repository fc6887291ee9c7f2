import { Command, Query } from '@nestjs/cqrs';
import { SigningCredentials } from '../../approvals/index.js';
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

interface Taken {
  readonly reviewId: string;
  readonly expiresAt: Micros;
  /** The request by which somebody independent reviews it. */
  readonly approvalId: string;
  readonly number: number;
}

/** Takes a role for a while. Needs a reason. */
export class BreakGlass extends Command<Taken> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly role: Role; readonly minutes: number },
  ) {
    super();
  }
}

export interface SignOffInput {
  readonly reviewId: string;
  readonly decision: Verdict;
  readonly credentials: SigningCredentials;
  /** Of the dossier that the reviewer was shown; without it, the present one. */
  readonly digest?: string;
}

/** Signs the request of a review. The context's reason is the comment. */
export class SignOffBreakGlass extends Command<{
  readonly approvalId: string;
  readonly number: number;
  readonly signatureId: string;
}> {
  constructor(
    readonly context: CommandContext,
    readonly input: SignOffInput,
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
