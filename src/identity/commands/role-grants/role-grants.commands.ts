import { Command } from '@nestjs/cqrs';
import { CommandContext, Micros, Role, Scope, UserId } from '../../../core/index.js';
import { PermissionLevel } from '../../user/events.js';

/** Gives an account a role for experiments or models by name, or everywhere until a time. Needs a reason. */
export class GrantRole extends Command<{ readonly grantId: string }> {
  constructor(
    readonly context: CommandContext,
    readonly input: {
      readonly userId: UserId;
      readonly role: Role;
      readonly scope: Scope;
      readonly expiresAt?: Micros;
      readonly level?: PermissionLevel;
    },
  ) {
    super();
  }
}

export class RevokeRoleGrant extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly userId: UserId; readonly grantId: string },
  ) {
    super();
  }
}
