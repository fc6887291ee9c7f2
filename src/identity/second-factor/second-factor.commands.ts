import { Command } from '@nestjs/cqrs';
import { CommandContext, UserId } from '../../core/index.js';

export interface OfferedFactor {
  /** Both are shown this once. */
  readonly secret: string;
  readonly uri: string;
}

export class OfferSecondFactor extends Command<OfferedFactor> {
  constructor(readonly context: CommandContext) {
    super();
  }
}

/** A first code proves that the secret arrived; the answer has the recovery codes, this once. */
export class ConfirmSecondFactor extends Command<{ readonly recoveryCodes: readonly string[] }> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly code: string },
  ) {
    super();
  }
}

/** One's own. */
export class RemoveSecondFactor extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly password: string; readonly code: string },
  ) {
    super();
  }
}

/** That of somebody who has lost it. Needs a reason. */
export class ResetSecondFactor extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly userId: UserId },
  ) {
    super();
  }
}
