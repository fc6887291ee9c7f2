import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { DecisionMaker } from '../../../ledger/index.js';
import { artifactsDecider, artifactsStream } from '../../artifact/decide.js';
import { artifactFolder } from '../../artifact/path.js';
import { existingRun } from '../../artifact/runs.js';
import { RunDirectory } from '../../run-directory.js';
import { DeleteArtifacts } from './delete-artifacts.command.js';

@CommandHandler(DeleteArtifacts)
export class DeleteArtifactsHandler implements ICommandHandler<DeleteArtifacts> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly runs: RunDirectory,
  ) {}

  /** Also in a deleted run: clearing those away is what MLflow's clients delete artifacts for. */
  async execute({ context, input }: DeleteArtifacts): Promise<void> {
    const { runId, experimentId } = input;
    const path = artifactFolder(input.path);
    await existingRun(this.runs, { runId, experimentId });
    const command = { type: 'delete-path' as const, owner: runId, experimentId, path };
    await this.decisions.decide(artifactsDecider, artifactsStream(runId), command, context);
  }
}
