import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../../core/index.js';
import { VersionView } from '../../view.js';

export interface RolledBackTo {
  readonly version: VersionView;
  /** The versions that left Production. */
  readonly archived: readonly number[];
  /** Those that deployments load by, which came along; and all others that still name a version that left. */
  readonly aliases: { readonly moved: readonly string[]; readonly left: readonly string[] };
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
