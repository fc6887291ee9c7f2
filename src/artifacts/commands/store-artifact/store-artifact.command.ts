import type { Readable } from 'node:stream';
import { Command } from '@nestjs/cqrs';
import { CommandContext, ExperimentId } from '../../../core/index.js';
import { ArtifactOwner } from '../../run-directory.js';
import { StoredBytes } from '../../store/artifact-store.js';

export interface StoreArtifactInput {
  readonly runId: ArtifactOwner;
  readonly experimentId: ExperimentId;
  /** Relative, forward slashes, decoded. */
  readonly path: string;
  readonly body: Readable | Buffer;
  /** What the sender says that it sends; anything else is refused. */
  readonly declaredBytes?: number;
}

export interface StoreArtifactResult extends StoredBytes {
  readonly path: string;
}

/** Stores a file of a run or a logged model; bytes that are there already are only named once more. */
export class StoreArtifact extends Command<StoreArtifactResult> {
  constructor(
    readonly context: CommandContext,
    readonly input: StoreArtifactInput,
  ) {
    super();
  }
}
