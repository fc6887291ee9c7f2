import { Command } from '@nestjs/cqrs';
import { CommandContext, UserId } from '../../../core/index.js';

/** One's own password, knowing the present one. */
export class ChangePassword extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly current: string; readonly next: string },
  ) {
    super();
  }
}

/** A new one-time password, random unless it is chosen, for somebody who has lost theirs. */
export class ResetPassword extends Command<{ readonly oneTimePassword: string }> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly userId: UserId; readonly oneTimePassword?: string },
  ) {
    super();
  }
}
