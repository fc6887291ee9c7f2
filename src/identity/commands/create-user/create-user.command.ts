import { Command } from '@nestjs/cqrs';
import { CommandContext, Role, UserId } from '../../../core/index.js';
import { AccountKind } from '../../directory/directory.js';

export interface CreatedUser {
  readonly userId: UserId;
  readonly login: string;
  /** For a person: to be handed over once; it is kept nowhere in readable form. */
  readonly oneTimePassword?: string;
}

export class CreateUser extends Command<CreatedUser> {
  constructor(
    readonly context: CommandContext,
    readonly input: {
      readonly login: string;
      readonly kind: AccountKind;
      readonly roles: readonly Role[];
      readonly displayName?: string;
      readonly email?: string;
      /** How the person's identity was verified. Without it the account is pending until somebody records that. */
      readonly identityVerified?: string;
      /** Of a person: what to sign in with the first time, in place of a random one. */
      readonly oneTimePassword?: string;
    },
  ) {
    super();
  }
}
