import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../../core/index.js';
import { VersionView } from '../../view.js';

export interface RolledBackTo {
  readonly version: VersionView;
  /** The versions that left Production. */
  readonly archived: readonly number[];
  /** The request for its review, where approvals are in force for the model. */
  readonly review?: { readonly approvalId: string; readonly number: number };
}

/** Puts the previous Production version in the place of the present one. The context's reason says why. */
export class RollBack extends Command<RolledBackTo> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly name: string },
  ) {
    super();
  }
}
