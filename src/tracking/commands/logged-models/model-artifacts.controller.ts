import { Controller, Get, Param as PathParam, Query as Params, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { artifactPath, ListArtifacts, OpenArtifact, sendArtifact } from '../../../artifacts/index.js';
import { LoggedModelId } from '../../../core/index.js';
import { about, MLFLOW, Requires } from '../../../http/index.js';
import { GetLoggedModel } from '../../queries/logged-models/query.js';
import { ListModelArtifactsRequest, OpenModelArtifactRequest } from './logged-models.request.js';

/** The files of a logged model, found by its id. */
@ApiTags('logged models')
@Controller(MLFLOW.map((prefix) => `${prefix}/logged-models/:model_id/artifacts`))
export class ModelArtifactsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('directories')
  @Requires('artifact:read', about.loggedModels('model_id'))
  async list(
    @PathParam('model_id') id: string,
    @Params() { artifact_directory_path: folder }: ListModelArtifactsRequest,
  ) {
    const { model } = await this.queries.execute(new GetLoggedModel(id));
    const found = await this.queries.execute(new ListArtifacts(model.model_id as LoggedModelId, folder));
    const files = found.map(({ path, isDir, size }) => ({
      path,
      is_dir: isDir,
      ...(isDir ? {} : { file_size: size }),
    }));
    return { root_uri: model.artifact_location, files: files.length > 0 ? files : undefined };
  }

  /** For MLflow's UI. */
  @Get('files')
  @Requires('artifact:read', about.loggedModels('model_id'))
  async file(
    @PathParam('model_id') id: string,
    @Params() { artifact_file_path: path }: OpenModelArtifactRequest,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const file = artifactPath(path, 'artifact_file_path');
    const { model } = await this.queries.execute(new GetLoggedModel(id));
    const artifact = await this.queries.execute(new OpenArtifact(model.model_id as LoggedModelId, file));
    await sendArtifact(artifact, request, reply);
  }
}
