import { Command } from '@nestjs/cqrs';
import { CommandContext, UserId } from '../../../core/index.js';

/** Ends the lock that followed wrong passwords; nothing when there is none. */
export class UnlockSignIn extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly userId: UserId },
  ) {
    super();
  }
}
