import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CommandContext } from '../../../core/index.js';
import { DecisionMaker, MAX_APPEND_BYTES } from '../../../ledger/index.js';
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

  /**
   * Also in a deleted run: clearing those away is what MLflow's clients delete artifacts for. Whoever is
   * interrupted between two appends has deleted some of the files, and asks again for the rest.
   */
  async execute({ context, input }: DeleteArtifacts): Promise<void> {
    const { runId, experimentId } = input;
    const path = artifactFolder(input.path);
    await existingRun(this.runs, { runId, experimentId });
    for (let after: string | undefined; ;) {
      const step = { ...roomFor(context), ...(after === undefined ? {} : { after }) };
      const command = { type: 'delete-path' as const, owner: runId, experimentId, path, step };
      // Deleted is deleted, however often it is asked for: no key that would take one append for the one before.
      const each = { ...context, idempotencyKey: undefined };
      const { events } = await this.decisions.decide(artifactsDecider, artifactsStream(runId), command, each);
      if (events.length === 0) return;
      after = events.at(-1)!.data.path;
    }
  }
}

function roomFor({ actor, reason, origin, correlationId, causationId }: CommandContext) {
  const each = JSON.stringify({ actor, reason, origin, correlationId, causationId });
  return { maxBytes: MAX_APPEND_BYTES, bytesEach: Buffer.byteLength(each) };
}
