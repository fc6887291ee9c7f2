import { isDeepStrictEqual } from 'node:util';
import { accept, Decider, Decision, JobId, never, refuse } from '../../core/index.js';
import type { Belonging, JobEvent, TrainingRequest, TrainingResult } from './events.js';
import { evolve, ExistingJob, failuresSoFar, isFinished, JobState, WORKER_STOPPED } from './state.js';

/** `maxRetries` decides whether a job that keeps losing its workers gets another one. */
type Start = { readonly kind: 'start'; readonly worker: string; readonly maxRetries: number };
type Succeed = { readonly kind: 'succeed'; readonly attempt: number; readonly result: TrainingResult };
type Fail = { readonly kind: 'fail'; readonly attempt: number; readonly code: string; readonly reason: string };
/** The attempt ended for a passing reason: tried again, or parked when it was the last try. */
type GiveBack = Omit<Fail, 'kind'> & { readonly kind: 'give-back'; readonly maxRetries: number };
type Resume = { readonly kind: 'resume'; readonly resumedBy: string };

export type JobCommand =
  { readonly kind: 'request'; readonly request: TrainingRequest } | Start | Succeed | Fail | GiveBack | Resume;

export const jobStream = (id: JobId | string): string => `job-${id}`;

export const jobDecider: Decider<JobState, JobCommand, JobEvent> = { initial: { status: 'none' }, evolve, decide };

function decide(command: JobCommand, job: JobState): Decision<JobEvent> {
  if (command.kind === 'request') return request(command.request, job);
  if (job.status === 'none') return refuse('not-found', 'job-not-found', 'there is no such training job');
  switch (command.kind) {
    case 'start':
      return start(command, job);
    case 'succeed':
      return succeed(command, job);
    case 'fail':
      return ending(command, job, failed);
    case 'give-back':
      return ending(command, job, givenBack);
    case 'resume':
      return resume(command, job);
    default:
      return never(command);
  }
}

function request(asked: TrainingRequest, job: JobState): Decision<JobEvent> {
  if (job.status === 'none') return accept({ type: 'TrainingRequested', data: asked });
  if (isDeepStrictEqual(asked, job.request)) return accept();
  return refuse(
    'already-exists',
    'request-key-reused',
    'this request key was used before for a training job with other inputs; use a new key',
    'request_key',
  );
}

function start({ worker, maxRetries }: Start, job: ExistingJob): Decision<JobEvent> {
  if (isFinished(job)) return refuse('state', 'job-finished', `the training job has already ${job.status}`);
  if (job.status === 'parked') return refuse('state', 'job-parked', 'the training job is parked; resume it first');
  const failures = failuresSoFar(job);
  if (failures > maxRetries) {
    const code = 'worker-lost';
    const reason = `given up after ${failures} attempts that failed or lost their worker`;
    return accept({
      type: 'TrainingParked',
      data: { ...belonging(job), attempt: job.attempts, failures, code, reason },
    });
  }
  return accept({ type: 'TrainingStarted', data: { ...belonging(job), attempt: job.attempts + 1, worker } });
}

/**
 * An older attempt may report success too: training is deterministic and its steps are written once, so
 * whoever comes first tells the truth, also about a job that was parked meanwhile.
 */
function succeed({ attempt, result }: Succeed, job: ExistingJob): Decision<JobEvent> {
  if (job.status === 'succeeded') return accept();
  if (job.status === 'failed') return refuse('state', 'job-finished', 'the training job has already failed');
  if (attempt < 1 || attempt > job.attempts) return notStarted(attempt);
  const { datasetId, datasetSha256, requestedBy } = job.request;
  const data = { ...belonging(job), attempt, ...result, datasetId, datasetSha256, requestedBy };
  return accept({ type: 'TrainingSucceeded', data });
}

/** How an attempt ends otherwise. What an attempt says that is no longer the current one changes nothing. */
function ending<C extends { readonly attempt: number }>(
  command: C,
  job: ExistingJob,
  event: (command: C, job: ExistingJob) => JobEvent,
): Decision<JobEvent> {
  if (command.attempt < 1 || command.attempt > job.attempts) return notStarted(command.attempt);
  return job.status === 'running' && command.attempt === job.attempts ? accept(event(command, job)) : accept();
}

const failed = ({ attempt, code, reason }: Fail, job: ExistingJob): JobEvent => ({
  type: 'TrainingFailed',
  data: { ...belonging(job), attempt, code, reason },
});

function givenBack({ attempt, code, reason, maxRetries }: GiveBack, job: ExistingJob): JobEvent {
  const data = { ...belonging(job), attempt, code, reason };
  const failures = code === WORKER_STOPPED ? job.failures : failuresSoFar(job);
  return failures > maxRetries
    ? { type: 'TrainingParked', data: { ...data, failures } }
    : { type: 'TrainingRetried', data };
}

function resume({ resumedBy }: Resume, job: ExistingJob): Decision<JobEvent> {
  if (job.status === 'parked') return accept({ type: 'TrainingResumed', data: { ...belonging(job), resumedBy } });
  return refuse('state', 'job-not-parked', `only a parked training job can be resumed; this one is ${job.status}`);
}

const notStarted = (attempt: number) =>
  refuse('state', 'attempt-not-started', `attempt ${attempt} of the training job was never started`);

function belonging({ request: { jobId, runId, experimentId, modelName } }: ExistingJob): Belonging {
  return { jobId, runId, experimentId, modelName };
}
