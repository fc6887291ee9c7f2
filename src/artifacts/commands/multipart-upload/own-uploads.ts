import { Injectable } from '@nestjs/common';
import { CommandContext, errors } from '../../../core/index.js';
import { AccessPolicy } from '../../../http/index.js';
import { PartialUploads, Upload } from '../../store/partial-uploads.js';
import { AbortUpload } from './multipart-upload.commands.js';
import { uploadResource } from './upload-resource.js';

/** An upload in parts belongs to the account that began it, and to the place that it was begun for. */
@Injectable()
export class OwnUploads {
  constructor(
    private readonly uploads: PartialUploads,
    private readonly policy: AccessPolicy,
  ) {}

  async find(context: CommandContext, { uploadId, runId, path }: AbortUpload['input']): Promise<Upload> {
    const upload = await this.uploads.find(uploadId);
    if (upload.actor !== context.actor.id) {
      await this.policy.refuse(context, {
        action: 'artifact:write',
        code: 'not-your-upload',
        message: 'an upload is completed or aborted by the account that began it; begin one of your own',
        field: 'upload_id',
        resource: uploadResource(upload),
      });
    }
    if (upload.runId !== runId || upload.path !== path)
      throw errors.invalid('upload-elsewhere', `this upload is for ${upload.path} of run ${upload.runId}`, 'path');
    return upload;
  }
}
