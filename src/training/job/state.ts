import { errors, never } from '../../core/index.js';
import type { JobEvent, TrainingRequest, TrainingResult } from './events.js';

/** What is known of a job that exists, whatever its state. */
interface Known {
  readonly request: TrainingRequest;
  /** Attempts started so far; the number of an attempt fences off what an older one still says. */
  readonly attempts: number;
  /** Attempts since the request (or the last resume) that failed or were lost with their worker. */
  readonly failures: number;
}

export type JobState =
  | { readonly status: 'none' }
  | (Known & { readonly status: 'requested' })
  | (Known & { readonly status: 'running'; readonly worker: string })
  | (Known & { readonly status: 'retrying'; readonly reason: string })
  | (Known & { readonly status: 'parked'; readonly reason: string })
  | (Known & { readonly status: 'succeeded'; readonly result: TrainingResult })
  | (Known & { readonly status: 'failed'; readonly code: string; readonly reason: string });

export type ExistingJob = Exclude<JobState, { status: 'none' }>;

export const JOB_STATUSES = ['requested', 'running', 'retrying', 'parked', 'succeeded', 'failed'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** Why an attempt ended without being the job's fault: it does not count towards giving up. */
export const WORKER_STOPPED = 'worker-stopped';

/** What is no id of ours must not become the name of a stream. @throws not-found */
export function requireJobId(id: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id;
  throw noJob(id);
}

/** @throws not-found */
export function existing(state: JobState, id: string): ExistingJob {
  if (state.status === 'none') throw noJob(id);
  return state;
}

const noJob = (id: string) =>
  errors.notFound('job-not-found', `there is no training job ${JSON.stringify(id.slice(0, 80))}`, 'job_id');

export const isFinished = (job: JobState): boolean => job.status === 'succeeded' || job.status === 'failed';

/**
 * Failed attempts including one that is recorded as running while its job is delivered again: that one
 * was lost with its worker, and a job that kills every worker must be given up too.
 */
export const failuresSoFar = (job: ExistingJob): number => job.failures + (job.status === 'running' ? 1 : 0);

export function evolve(state: JobState, event: JobEvent): JobState {
  if (event.type === 'TrainingRequested') {
    return { status: 'requested', request: event.data, attempts: 0, failures: 0 };
  }
  // The decider lets nothing come before the request.
  if (state.status === 'none') return state;
  const { request, attempts, failures } = state;
  switch (event.type) {
    case 'TrainingStarted': {
      const { attempt, worker } = event.data;
      return { status: 'running', request, attempts: attempt, failures: failuresSoFar(state), worker };
    }
    case 'TrainingRetried': {
      const { code, reason } = event.data;
      return { status: 'retrying', request, attempts, failures: failures + (code === WORKER_STOPPED ? 0 : 1), reason };
    }
    case 'TrainingParked':
      return { status: 'parked', request, attempts, failures, reason: event.data.reason };
    case 'TrainingResumed':
      return { status: 'requested', request, attempts, failures: 0 };
    case 'TrainingSucceeded': {
      const { modelId, version, metrics, artifacts } = event.data;
      return { status: 'succeeded', request, attempts, failures, result: { modelId, version, metrics, artifacts } };
    }
    case 'TrainingFailed':
      return { status: 'failed', request, attempts, failures, code: event.data.code, reason: event.data.reason };
    default:
      return never(event);
  }
}
