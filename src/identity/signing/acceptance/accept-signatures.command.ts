import { Command } from '@nestjs/cqrs';
import { SigningCredentials } from '../../../approvals/index.js';
import { CommandContext, Micros } from '../../../core/index.js';

/** That one's electronic signature binds; shown are the same components as for a signature. */
export class AcceptSignatures extends Command<{ readonly acceptedAt: Micros }> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly version: number; readonly credentials: SigningCredentials },
  ) {
    super();
  }
}
