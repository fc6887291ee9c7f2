import { Command } from '@nestjs/cqrs';
import { CommandContext, ExperimentId } from '../../../core/index.js';
import { ArtifactOwner } from '../../run-directory.js';

export interface DeleteArtifactsInput {
  readonly runId: ArtifactOwner;
  readonly experimentId: ExperimentId;
  /** A file or a folder; empty for all artifacts of the run or logged model. */
  readonly path: string;
}

/**
 * Takes files off a run's list. No byte is destroyed, and a later upload to the same path is a new version.
 * What is not there is deleted already, as MLflow has it.
 */
export class DeleteArtifacts extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: DeleteArtifactsInput,
  ) {
    super();
  }
}
