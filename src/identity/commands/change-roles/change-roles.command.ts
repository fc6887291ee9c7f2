import { Command } from '@nestjs/cqrs';
import { CommandContext, Role, UserId } from '../../../core/index.js';

export class ChangeRoles extends Command<{ readonly roles: readonly Role[] }> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly userId: UserId; readonly roles: readonly Role[] },
  ) {
    super();
  }
}
