import { Controller, HttpCode, Param, Put, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, MLFLOW_ARTIFACTS, Requires } from '../../../http/index.js';
import { ownedLocation } from '../../artifact/location.js';
import { receiveBody } from '../upload-body.js';
import { StoreArtifact } from './store-artifact.command.js';

@ApiTags('artifacts')
@Controller(MLFLOW_ARTIFACTS)
export class StoreArtifactController {
  constructor(private readonly commands: CommandBus) {}

  /** The body is the file, whatever its content type; it goes to disk as it comes in. */
  @Put('artifacts/*')
  @HttpCode(200)
  @Requires('artifact:write', about.artifacts('*'))
  async put(
    @Caller() context: CommandContext,
    @Param('*') path: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    await receiveBody(request, reply, (upload) =>
      this.commands.execute(new StoreArtifact(context, { ...ownedLocation(path), ...upload })),
    );
    return {};
  }
}
