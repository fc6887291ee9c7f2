import { Readable } from 'node:stream';
import { Controller, HttpCode, Param, Put, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '../../../core/index.js';
import { Caller, MLFLOW_ARTIFACTS, Requires } from '../../../http/index.js';
import { ownedLocation } from '../../artifact/location.js';
import { StoreArtifact } from './store-artifact.command.js';

@ApiTags('artifacts')
@Controller(MLFLOW_ARTIFACTS)
export class StoreArtifactController {
  constructor(private readonly commands: CommandBus) {}

  /** The body is the file, whatever its content type; it goes to disk as it comes in. */
  @Put('artifacts/*')
  @HttpCode(200)
  @Requires('artifact:write')
  async put(
    @Caller() context: CommandContext,
    @Param('*') path: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const location = ownedLocation(path);
    await this.commands.execute(new StoreArtifact(context, { ...location, body: bodyOf(request) }));
    return {};
  }
}

/** An empty file comes without a body. Anything parsed already would be stored as something else: refuse it. */
function bodyOf({ body }: FastifyRequest): Readable | Buffer {
  if (body instanceof Readable) return body;
  if (body === undefined || body === null) return Buffer.alloc(0);
  throw new Error('the body of an upload was parsed before it got here; acceptRawUploads is not in place');
}
