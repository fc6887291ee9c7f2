import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MLFLOW_ARTIFACTS, Requires } from '../../../http/index.js';
import { ownedLocation } from '../../artifact/location.js';
import { existingRun } from '../../artifact/runs.js';
import { RunDirectory } from '../../run-directory.js';
import { attachment } from './attachment.js';
import { OpenArtifact } from './query.js';

@ApiTags('artifacts')
@Controller(MLFLOW_ARTIFACTS)
export class OpenArtifactController {
  constructor(
    private readonly queries: QueryBus,
    private readonly runs: RunDirectory,
  ) {}

  /** Never shown by a browser in the server's own origin: a download of bytes, whatever they are. */
  @Get('artifacts/*')
  @Requires('artifact:read')
  async get(@Param('*') path: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const location = ownedLocation(path);
    await existingRun(this.runs, location);
    const artifact = await this.queries.execute(new OpenArtifact(location.runId, location.path));
    const etag = `"${artifact.sha256}"`;
    void reply.headers({
      etag,
      'content-type': 'application/octet-stream',
      'content-disposition': attachment(artifact.path),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, no-cache',
    });
    if (request.headers['if-none-match'] === etag) return void reply.status(304).send();
    void reply.header('content-length', artifact.size).send(await artifact.open());
  }
}
