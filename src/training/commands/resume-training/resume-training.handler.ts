import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { DecisionMaker } from '../../../ledger/index.js';
import { jobDecider, jobStream } from '../../job/decide.js';
import { existing, requireJobId } from '../../job/state.js';
import { ResumeTraining } from './resume-training.command.js';

@CommandHandler(ResumeTraining)
export class ResumeTrainingHandler implements ICommandHandler<ResumeTraining> {
  constructor(private readonly decisions: DecisionMaker) {}

  async execute({ context, input }: ResumeTraining) {
    const jobId = requireJobId(input.jobId);
    const command = { kind: 'resume', resumedBy: context.actor.id } as const;
    const { state } = await this.decisions.decide(jobDecider, jobStream(jobId), command, context);
    const job = existing(state, jobId);
    return { runId: job.request.runId, state: job.status };
  }
}
