import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, CUSTODY_API, Requires } from '../../../http/index.js';
import { ResumeTraining } from './resume-training.command.js';
import { ResumeTrainingRequest } from './resume-training.request.js';

@ApiTags('training')
@Controller(`${CUSTODY_API}/training-jobs`)
export class ResumeTrainingController {
  constructor(private readonly commands: CommandBus) {}

  @Post(':id/resume')
  @HttpCode(202)
  @Requires('job:write', about.jobs('id'))
  async resume(
    @Caller() context: CommandContext,
    @Param('id') jobId: string,
    @Body() body?: ResumeTrainingRequest,
  ): Promise<{ job_id: string; run_id: string; state: string }> {
    const reasoned = { ...context, reason: body?.reason ?? context.reason };
    const { runId, state } = await this.commands.execute(new ResumeTraining(reasoned, { jobId }));
    return { job_id: jobId, run_id: runId, state };
  }
}
