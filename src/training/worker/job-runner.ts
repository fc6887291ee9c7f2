import { Inject, Injectable } from '@nestjs/common';
import { CustodyError, never, RecordedEvent } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { JobCommand, jobDecider, jobStream } from '../job/decide.js';
import type { Belonging } from '../job/events.js';
import { existing, ExistingJob, isFinished, WORKER_STOPPED } from '../job/state.js';
import { Call } from './call.js';
import { classify } from './failure.js';
import { insist } from './insist.js';
import { type ResolvedOptions, TRAINING_WORKER } from './options.js';
import { TrainingSteps } from './training-steps.js';

/** What is left to do about the delivery. `failures` says how often the job has failed by now. */
export type AfterRun =
  | { readonly kind: 'finished' | 'parked' | 'handed-back' }
  | { readonly kind: 'again'; readonly failures: number; readonly reason: string };

/**
 * One delivery of a job, from whatever state earlier attempts left it in. The job's stream is the
 * authority: what it says decides, not how often the ledger has delivered.
 */
@Injectable()
export class JobRunner {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly steps: TrainingSteps,
    @Inject(TRAINING_WORKER) private readonly options: ResolvedOptions,
  ) {}

  /** Rejects only when this worker must not go on: a corrupted log, an event that it does not understand. */
  async run(event: RecordedEvent, halt: AbortSignal): Promise<AfterRun> {
    const { jobId } = event.data as Belonging;
    try {
      const job = await this.load(jobId, halt);
      const call = new Call(event, job.request);
      const { worker, maxRetries } = this.options;
      // A job that is over or parked only needs its end tidied up; an earlier worker may have died before that.
      const begun =
        isFinished(job) || job.status === 'parked'
          ? job
          : await this.tell(call, { kind: 'start', worker, maxRetries }, halt);
      const ended = begun.status === 'running' ? await this.attempt(call, begun.attempts, halt) : begun;
      return await this.settle(call, ended, halt);
    } catch (error) {
      if (!halt.aborted || classify(error).kind === 'fatal') throw error;
      return { kind: 'handed-back' };
    }
  }

  private async attempt(call: Call, attempt: number, halt: AbortSignal): Promise<ExistingJob> {
    const { jobId } = call.request;
    this.options.log.info({ jobId, attempt }, 'training started');
    const outcome = await this.steps.train(call, halt).then(
      (result): JobCommand => ({ kind: 'succeed', attempt, result }),
      (error: unknown) => this.consequence(error, { jobId, attempt }, halt),
    );
    return this.tell(call, outcome, halt);
  }

  private consequence(
    error: unknown,
    of: { readonly jobId: string; readonly attempt: number },
    halt: AbortSignal,
  ): JobCommand {
    const { maxRetries, log } = this.options;
    const { attempt } = of;
    if (halt.aborted) {
      return { kind: 'give-back', attempt, code: WORKER_STOPPED, reason: 'the worker was stopped', maxRetries };
    }
    const { kind, code, reason } = classify(error);
    log.warn({ ...of, code, err: error }, `training attempt failed: ${reason}`);
    switch (kind) {
      case 'final':
        return { kind: 'fail', attempt, code, reason };
      case 'passing':
        return { kind: 'give-back', attempt, code, reason, maxRetries };
      case 'fatal':
        throw error;
      default:
        return never(kind);
    }
  }

  /** Ends what the job's state says is over, so that nothing stays half done; safe to repeat. */
  private async settle(call: Call, job: ExistingJob, halt: AbortSignal): Promise<AfterRun> {
    const { jobId } = call.request;
    switch (job.status) {
      case 'succeeded':
        this.options.log.info({ jobId, version: job.result.version }, 'training succeeded');
        return { kind: 'finished' };
      case 'failed':
        await this.insist(jobId, halt, () => this.steps.closeRun(call));
        return { kind: 'finished' };
      case 'parked':
        await this.insist(jobId, halt, () => this.steps.closeRun(call));
        return { kind: 'parked' };
      case 'retrying':
        if (halt.aborted) return { kind: 'handed-back' };
        return { kind: 'again', failures: job.failures, reason: job.reason };
      case 'requested':
      case 'running':
        // Somebody else has taken the job up meanwhile; this delivery is theirs or comes again.
        return { kind: 'again', failures: job.failures, reason: 'another worker has the job' };
      default:
        return never(job);
    }
  }

  /** Records it and answers the state after it; a refusal means that others were faster, so their state counts. */
  private async tell(call: Call, command: JobCommand, halt: AbortSignal): Promise<ExistingJob> {
    const { jobId } = call.request;
    const record = () =>
      this.decisions.decide(jobDecider, jobStream(jobId), command, call.context(this.options.clock.now()));
    try {
      const { state } = await this.insist(jobId, halt, record);
      return existing(state, jobId);
    } catch (error) {
      if (error instanceof CustodyError && error.kind === 'state') return this.load(jobId, halt);
      throw error;
    }
  }

  private async load(jobId: string, halt: AbortSignal): Promise<ExistingJob> {
    const { state } = await this.insist(jobId, halt, () => this.decisions.load(jobDecider, jobStream(jobId)));
    return existing(state, jobId);
  }

  private insist<T>(jobId: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { backoffMs, log } = this.options;
    return insist(work, {
      signal,
      backoffMs,
      onRetry: ({ code, reason }) => log.warn({ jobId, code }, `waiting to go on with the job: ${reason}`),
    });
  }
}
