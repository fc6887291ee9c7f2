import { Command } from '@nestjs/cqrs';
import { CommandContext, ExperimentId } from '../../../core/index.js';
import { ArtifactOwner } from '../../run-directory.js';
import { Part, Upload } from '../../store/partial-uploads.js';

interface Place {
  readonly runId: ArtifactOwner;
  readonly experimentId: ExperimentId;
  readonly path: string;
}

/** Makes room for a file that comes in parts. Nothing is recorded before it is complete. */
export class BeginUpload extends Command<Upload> {
  constructor(
    readonly context: CommandContext,
    readonly input: Place & { readonly parts: number },
  ) {
    super();
  }
}

/** Puts the parts together, stores the file as any other and records it. Sent again, it changes nothing. */
export class CompleteUpload extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: Place & { readonly uploadId: string; readonly parts: readonly Part[] },
  ) {
    super();
  }
}

/** Forgets the parts. */
export class AbortUpload extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: Place & { readonly uploadId: string },
  ) {
    super();
  }
}
