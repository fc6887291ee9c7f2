import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { DecisionMaker } from '../../../ledger/index.js';
import { artifactsDecider, artifactsStream } from '../../artifact/decide.js';
import { ownedBy } from '../../artifact/events.js';
import { artifactPath } from '../../artifact/path.js';
import { existingRun, writableRun } from '../../artifact/runs.js';
import { RunDirectory } from '../../run-directory.js';
import { ArtifactStore } from '../../store/artifact-store.js';
import { StoreArtifact, StoreArtifactResult } from './store-artifact.command.js';

@CommandHandler(StoreArtifact)
export class StoreArtifactHandler implements ICommandHandler<StoreArtifact> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly store: ArtifactStore,
    private readonly runs: RunDirectory,
  ) {}

  /** Bytes first, name second: a crash in between leaves bytes that nothing refers to, never the reverse. */
  async execute({ context, input }: StoreArtifact): Promise<StoreArtifactResult> {
    const { runId, experimentId, body, declaredBytes } = input;
    const path = artifactPath(input.path);
    writableRun(await existingRun(this.runs, { runId, experimentId }), runId);
    const stored = await this.store.put(body, declaredBytes === undefined ? {} : { declaredBytes });
    const artifact = { ...ownedBy(runId), experimentId, path, ...stored };
    await this.decisions.decide(artifactsDecider, artifactsStream(runId), { type: 'name-bytes', artifact }, context);
    return { path, ...stored };
  }
}
