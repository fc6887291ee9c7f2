import { Command } from '@nestjs/cqrs';
import { CommandContext, UserId } from '../../../core/index.js';

export class DisableUser extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly userId: UserId },
  ) {
    super();
  }
}
