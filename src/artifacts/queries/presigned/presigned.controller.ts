import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsNotEmpty, IsOptional, IsString } from 'class-validator';
import { errors } from '../../../core/index.js';
import { about, MLFLOW, MLFLOW_ARTIFACTS, Requires } from '../../../http/index.js';
import { ownedLocation } from '../../artifact/location.js';
import { artifactPath } from '../../artifact/path.js';
import { existingRun, ownerId } from '../../artifact/runs.js';
import { RunDirectory } from '../../run-directory.js';

export class PresignedDownloadRequest {
  @IsString() @IsNotEmpty() run_id!: string;
  @IsString() @IsNotEmpty() path!: string;
}
export class PresignedUploadRequest {
  @IsOptional() @IsString() run_id?: string;
  @IsOptional() @IsString() model_id?: string;
  @IsString() @IsNotEmpty() path!: string;
}

/**
 * Every byte goes through this server, which digests it and records who sent it: there are no URLs that
 * lead around it. Clients are told so in the words that MLflow has for a server that proxies its artifacts.
 */
@ApiTags('artifacts')
@Controller(MLFLOW)
export class PresignedUrlsController {
  constructor(private readonly runs: RunDirectory) {}

  @Post('artifacts/presigned-upload-url')
  @HttpCode(200)
  @Requires('artifact:write', about.all(about.runs('run_id'), about.loggedModels('model_id')))
  async upload(@Body() { run_id, model_id, path }: PresignedUploadRequest): Promise<never> {
    const owner = run_id || model_id;
    if (!owner || (run_id && model_id))
      throw errors.invalid('one-owner', 'Exactly one of run_id and model_id must be provided.', 'run_id');
    artifactPath(path);
    await existingRun(this.runs, { runId: ownerId(owner, run_id ? 'run' : 'logged-model') });
    throw proxied('upload is not supported for');
  }

  @Post('artifacts/presigned-download-url')
  @HttpCode(200)
  @Requires('artifact:read', about.runs('run_id'))
  async download(@Body() { run_id, path }: PresignedDownloadRequest): Promise<never> {
    artifactPath(path);
    await existingRun(this.runs, { runId: ownerId(run_id, 'run') });
    throw proxied('download is not supported for runs with');
  }
}

@ApiTags('artifacts')
@Controller(MLFLOW_ARTIFACTS)
export class ProxiedPresignedUrlsController {
  @Get('presigned/*')
  @Requires('artifact:read', about.artifacts('*'))
  get(@Param('*') path: string): never {
    ownedLocation(path);
    throw errors.notImplemented(
      'no-presigned-urls',
      'Multipart download is not supported for the current artifact repository',
    );
  }
}

const proxied = (what: string) =>
  errors.invalid(
    'no-presigned-urls',
    `Presigned ${what} proxied artifact storage (artifact URI scheme: mlflow-artifacts).`,
    'path',
  );
