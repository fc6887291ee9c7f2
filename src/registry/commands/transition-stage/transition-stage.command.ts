import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../../core/index.js';
import { VersionView } from '../../view.js';

export interface TransitionStageInput {
  readonly name: string;
  readonly version: number;
  /** In any case. */
  readonly stage: string;
  /** Versions that are in the stage go to Archived in the same decision. */
  readonly archiveExisting: boolean;
}

export class TransitionStage extends Command<VersionView> {
  constructor(
    readonly context: CommandContext,
    readonly input: TransitionStageInput,
  ) {
    super();
  }
}
