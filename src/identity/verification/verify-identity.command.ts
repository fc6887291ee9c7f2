import { Command } from '@nestjs/cqrs';
import { CommandContext, UserId } from '../../core/index.js';

/** Records how the identity of an account's person was verified, which activates it. */
export class VerifyIdentity extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly userId: UserId; readonly how: string },
  ) {
    super();
  }
}
