import { CommandBus, CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CustodyError } from '../../../core/index.js';
import { artifactPath } from '../../artifact/path.js';
import { existingRun, writableRun } from '../../artifact/runs.js';
import { RunDirectory } from '../../run-directory.js';
import { PartialUploads, Upload } from '../../store/partial-uploads.js';
import { StoreArtifact } from '../store-artifact/store-artifact.command.js';
import { AbortUpload, BeginUpload, CompleteUpload } from './multipart-upload.commands.js';
import { OwnUploads } from './own-uploads.js';

@CommandHandler(BeginUpload)
export class BeginUploadHandler implements ICommandHandler<BeginUpload> {
  constructor(
    private readonly uploads: PartialUploads,
    private readonly runs: RunDirectory,
  ) {}

  async execute({ context, input }: BeginUpload): Promise<Upload> {
    const { runId, experimentId, parts } = input;
    const path = artifactPath(input.path);
    writableRun(await existingRun(this.runs, { runId, experimentId }), runId);
    return this.uploads.begin({ runId, experimentId, path, parts, actor: context.actor.id });
  }
}

@CommandHandler(CompleteUpload)
export class CompleteUploadHandler implements ICommandHandler<CompleteUpload> {
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly uploads: PartialUploads,
    private readonly own: OwnUploads,
    private readonly commands: CommandBus,
  ) {}

  /** A client that is tired of waiting sends it again while the first is still at work: both wait for that one. */
  async execute(command: CompleteUpload): Promise<void> {
    const { context, input } = command;
    const upload = await this.own.find(context, input);
    if (upload.completed) return;
    const before = this.underWay.get(upload.id);
    if (before) return before;
    const completing = this.complete(command, upload).finally(() => this.underWay.delete(upload.id));
    this.underWay.set(upload.id, completing);
    return completing;
  }

  private async complete({ context, input }: CompleteUpload, upload: Upload): Promise<void> {
    const { runId, experimentId, path } = upload;
    const body = await this.uploads.assemble(upload, input.parts);
    const stored = await this.commands.execute(new StoreArtifact(context, { runId, experimentId, path, body }));
    await this.uploads.complete(upload, { sha256: stored.sha256, size: stored.size });
  }
}

@CommandHandler(AbortUpload)
export class AbortUploadHandler implements ICommandHandler<AbortUpload> {
  constructor(
    private readonly uploads: PartialUploads,
    private readonly own: OwnUploads,
  ) {}

  /** A client aborts after any failure; its own error is what it should then see, not ours about the abort. */
  async execute({ context, input }: AbortUpload): Promise<void> {
    const upload = await this.own.find(context, input).catch((error: unknown) => {
      if (error instanceof CustodyError && error.code === 'upload-not-found') return undefined;
      throw error;
    });
    if (upload && !upload.completed) await this.uploads.abort(upload.id);
  }
}
