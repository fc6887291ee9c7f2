import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { artifactPath, OpenArtifact, sendArtifact } from '../../../artifacts/index.js';
import { errors } from '../../../core/index.js';
import { about, Requires } from '../../../http/index.js';
import { heldFiles, ModelReader } from '../../model/reader.js';
import { VersionRequest } from '../../requests.js';
import { versionNumber } from '../../rules.js';

export class VersionArtifactRequest extends VersionRequest {
  @IsString({ message: 'must be a string' })
  path!: string;
}

/** What MLflow's pages ask for, outside of the API: a file of a version, wherever its source lies. */
@ApiTags('registry')
@Controller()
export class VersionArtifactController {
  constructor(
    private readonly queries: QueryBus,
    private readonly models: ModelReader,
  ) {}

  @Get('model-versions/get-artifact')
  @Requires('artifact:read', about.models('name'))
  async get(
    @Query() { name, version, path }: VersionArtifactRequest,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const file = artifactPath(path);
    const { location } = await this.models.resolve(name, { version: versionNumber(version) });
    const held = heldFiles(location);
    if (!held)
      throw errors.state('files-not-held', `the files of version ${version} of ${name} are not kept here`, 'version');
    const within = held.path === '' ? file : `${held.path}/${file}`;
    await sendArtifact(await this.queries.execute(new OpenArtifact(held.of, within)), request, reply);
  }
}
