import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CommandContext, derivedId, uuidv7 } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { jobDecider, jobStream } from '../../job/decide.js';
import { existing } from '../../job/state.js';
import { askedAgain, PrepareTraining } from './prepare-training.js';
import { RequestTraining, RequestTrainingResult } from './request-training.command.js';

@CommandHandler(RequestTraining)
export class RequestTrainingHandler implements ICommandHandler<RequestTraining> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly training: PrepareTraining,
  ) {}

  async execute({ context, input }: RequestTraining): Promise<RequestTrainingResult> {
    const jobId = jobIdFor(context, input.requestKey);
    const { state: job } = await this.decisions.load(jobDecider, jobStream(jobId));
    const request =
      job.status === 'none' ? await this.training.prepare(jobId, context, input) : askedAgain(job.request, input);
    const command = { kind: 'request', request } as const;
    const { state } = await this.decisions.decide(jobDecider, jobStream(jobId), command, context);
    return { jobId, runId: request.runId, state: existing(state, jobId).status };
  }
}

/** A key belongs to whoever uses it: nobody gets at another's job by guessing it. */
const jobIdFor = ({ actor }: CommandContext, requestKey: string | undefined): string =>
  requestKey === undefined ? uuidv7() : derivedId('training-job', actor.id, requestKey);
