import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, CUSTODY_API, Requires } from '../../../http/index.js';
import { RequestTraining } from './request-training.command.js';
import { RequestTrainingRequest } from './request-training.request.js';

@ApiTags('training')
@Controller(`${CUSTODY_API}/training-jobs`)
export class RequestTrainingController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(202)
  @Requires('job:write', about.all(about.experimentNames('experiment_name'), about.models('registered_model_name')))
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async request(
    @Caller() context: CommandContext,
    @Body() body: RequestTrainingRequest,
    @Headers('idempotency-key') key?: string,
  ): Promise<{ job_id: string; run_id: string; state: string }> {
    const input = {
      datasetId: body.dataset_id,
      experimentName: body.experiment_name,
      modelName: body.registered_model_name,
      parameters: body.parameters,
      tags: body.tags,
      runName: body.run_name,
      requestKey: body.request_key ?? key,
    };
    const reasoned = { ...context, reason: body.reason ?? context.reason };
    const { jobId, runId, state } = await this.commands.execute(new RequestTraining(reasoned, input));
    return { job_id: jobId, run_id: runId, state };
  }
}
