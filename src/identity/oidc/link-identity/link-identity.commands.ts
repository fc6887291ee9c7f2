import { Command, Query } from '@nestjs/cqrs';
import { CommandContext, UserId } from '../../../core/index.js';

/** Lets a subject of the provider act as an account that exists. Needs a reason. */
export class LinkIdentity extends Command<{ readonly identityId: string }> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly userId: UserId; readonly subject: string; readonly rolesFollow: boolean },
  ) {
    super();
  }
}

export class UnlinkIdentity extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly userId: UserId; readonly identityId: string },
  ) {
    super();
  }
}

export interface LinkedIdentity {
  readonly identityId: string;
  /** Neither once the person has been erased. */
  readonly issuer?: string;
  readonly subject?: string;
  readonly rolesFollow: boolean;
}

export class ListIdentities extends Query<readonly LinkedIdentity[]> {
  constructor(readonly userId: UserId) {
    super();
  }
}
