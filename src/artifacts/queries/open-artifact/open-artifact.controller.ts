import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { about, MLFLOW_ARTIFACTS, Requires } from '../../../http/index.js';
import { ownedLocation, runId, sealedLocation } from '../../artifact/location.js';
import { artifactPath } from '../../artifact/path.js';
import { existingRun } from '../../artifact/runs.js';
import { RunDirectory } from '../../run-directory.js';
import { GetArtifactRequest } from './get-artifact.request.js';
import { OpenArtifact } from './query.js';
import { sendArtifact } from './send-artifact.js';

@ApiTags('artifacts')
@Controller(MLFLOW_ARTIFACTS)
export class OpenArtifactController {
  constructor(
    private readonly queries: QueryBus,
    private readonly runs: RunDirectory,
  ) {}

  @Get('artifacts/*')
  @Requires('artifact:read', about.artifacts('*'))
  async get(@Param('*') path: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await sendArtifact(await this.queries.execute(await this.placed(path)), request, reply);
  }

  private async placed(path: string): Promise<OpenArtifact> {
    const sealed = sealedLocation(path);
    if (sealed) return new OpenArtifact(sealed.manifest, sealed.path);
    const location = ownedLocation(path);
    await existingRun(this.runs, location);
    return new OpenArtifact(location.runId, artifactPath(location.path));
  }
}

/** What MLflow's pages and older clients ask for, outside of the API. */
@ApiTags('artifacts')
@Controller()
export class GetArtifactController {
  constructor(
    private readonly queries: QueryBus,
    private readonly runs: RunDirectory,
  ) {}

  @Get('get-artifact')
  @Requires('artifact:read', about.runs('run_id', 'run_uuid'))
  async get(
    @Query() { run_id, run_uuid, path }: GetArtifactRequest,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const id = runId(run_id ?? run_uuid ?? '');
    const file = artifactPath(path);
    await existingRun(this.runs, { runId: id });
    await sendArtifact(await this.queries.execute(new OpenArtifact(id, file)), request, reply);
  }
}
