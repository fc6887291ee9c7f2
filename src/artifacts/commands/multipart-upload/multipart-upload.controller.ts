import { Body, Controller, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errors, sameSecret, type CommandContext } from '../../../core/index.js';
import {
  about,
  AccessPolicy,
  Caller,
  type CustodyRequest,
  MLFLOW_ARTIFACTS,
  Public,
  Requires,
} from '../../../http/index.js';
import { OwnedLocation, ownedLocation } from '../../artifact/location.js';
import { artifactPath } from '../../artifact/path.js';
import { PartialUploads, Upload } from '../../store/partial-uploads.js';
import { receiveBody } from '../upload-body.js';
import { AbortUpload, BeginUpload, CompleteUpload } from './multipart-upload.commands.js';
import { CompleteUploadRequest, CreateUploadRequest, UploadRequest } from './multipart-upload.request.js';
import { ownOrigin } from './own-origin.js';
import { uploadResource } from './upload-resource.js';

const TOKEN_HEADER = 'x-custody-upload';

/**
 * MLflow's upload in parts, with this server in the place of the cloud's: bytes that went around it would
 * have no digest, no event and no actor. So the addresses for the parts lead back here.
 */
@ApiTags('artifacts')
@Controller(MLFLOW_ARTIFACTS)
export class MultipartUploadController {
  constructor(
    private readonly commands: CommandBus,
    private readonly uploads: PartialUploads,
    private readonly policy: AccessPolicy,
  ) {}

  @Post('mpu/create/*')
  @HttpCode(200)
  @Requires('artifact:write', about.artifacts('*'))
  async create(
    @Caller() context: CommandContext,
    @Param('*') folder: string,
    @Body() { path, num_parts: parts = 1 }: CreateUploadRequest,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const upload = await this.commands.execute(new BeginUpload(context, { ...fileIn(folder, path), parts }));
    return { upload_id: upload.id, credentials: credentials(upload, ownOrigin(request)) };
  }

  @Post('mpu/complete/*')
  @HttpCode(200)
  @Requires('artifact:write', about.artifacts('*'))
  async complete(
    @Caller() context: CommandContext,
    @Param('*') folder: string,
    @Body() { path, upload_id: uploadId, parts }: CompleteUploadRequest,
  ): Promise<object> {
    const received = parts.map(({ part_number, etag }) => ({ number: part_number, sha256: etag }));
    await this.commands.execute(new CompleteUpload(context, { ...fileIn(folder, path), uploadId, parts: received }));
    return {};
  }

  @Post('mpu/abort/*')
  @HttpCode(200)
  @Requires('artifact:write', about.artifacts('*'))
  async abort(
    @Caller() context: CommandContext,
    @Param('*') folder: string,
    @Body() { path, upload_id: uploadId }: UploadRequest,
  ): Promise<object> {
    await this.commands.execute(new AbortUpload(context, { ...fileIn(folder, path), uploadId }));
    return {};
  }

  /**
   * Clients send parts without their credentials, as to a cloud's signed addresses. The token of the upload,
   * which only the account that began it was told, lets its parts in; completing it takes that account.
   */
  @Put('mpu/part/:upload_id/:part_number')
  @HttpCode(200)
  @Public()
  async part(
    @Param('upload_id') uploadId: string,
    @Param('part_number') part: string,
    @Req() request: CustodyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await receiveBody(request, reply, async ({ body, ...options }) => {
      const upload = await this.uploads.find(uploadId);
      if (!sameSecret(request.headers[TOKEN_HEADER], upload.secret)) await this.refusePart(request, upload);
      const { sha256 } = await this.uploads.putPart(upload, partNumber(part, upload), body, options);
      void reply.header('etag', `"${sha256}"`);
    });
  }

  private refusePart(request: CustodyRequest, upload: Upload): Promise<never> {
    return this.policy.refuseUnknown(request, {
      action: 'artifact:write',
      code: 'upload-token-wrong',
      message: `${TOKEN_HEADER} must be the token of this upload`,
      field: TOKEN_HEADER,
      resource: uploadResource(upload),
    });
  }
}

/** The file has the name that it has at the client, in whichever way that separates folders. */
function fileIn(folder: string, clientPath: string): OwnedLocation {
  const location = ownedLocation(folder);
  const name = artifactPath(clientPath.slice(Math.max(clientPath.lastIndexOf('/'), clientPath.lastIndexOf('\\')) + 1));
  return { ...location, path: artifactPath(location.path === '' ? name : `${location.path}/${name}`) };
}

function credentials({ id, secret, parts }: Upload, origin: string): readonly object[] {
  return Array.from({ length: parts }, (_, index) => ({
    url: `${origin}/${MLFLOW_ARTIFACTS[0]}/mpu/part/${id}/${index + 1}`,
    part_number: index + 1,
    headers: { [TOKEN_HEADER]: secret },
  }));
}

function partNumber(text: string, { parts }: Upload): number {
  const number = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > parts)
    throw errors.invalid('part-number-invalid', `this upload has the parts 1 to ${parts}`, 'part_number');
  return number;
}
