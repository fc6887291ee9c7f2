import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, CUSTODY_API, Requires } from '../../../http/index.js';
import { Predict } from './predict.command.js';
import { PredictRequest } from './predict.request.js';

@ApiTags('serving')
@Controller(CUSTODY_API)
export class PredictController {
  constructor(private readonly commands: CommandBus) {}

  @Post('predictions')
  @HttpCode(200)
  @Requires('prediction:write', about.modelUris('model'))
  async predict(@Caller() caller: CommandContext, @Body() request: PredictRequest): Promise<object> {
    const { model, samples, reason = caller.reason } = request;
    const made = await this.commands.execute(new Predict({ ...caller, reason }, { model, samples }));
    return {
      prediction_id: made.predictionId,
      model: { name: made.name, version: String(made.version), stage: made.stage, sha256: made.modelSha256 },
      inputs_sha256: made.inputsSha256,
      predictions: made.predictions,
      ...(made.warning === undefined ? {} : { warning: made.warning }),
    };
  }
}
