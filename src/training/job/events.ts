import { DomainEvent } from '../../core/index.js';

/** Hyperparameters by name, all of them: what is not given by the caller is filled in before it is recorded. */
export type RecordedParameters = { readonly [name: string]: string | number | boolean | null };
export type RecordedTags = { readonly [key: string]: string };
export type RecordedMetrics = { readonly [name: string]: number };

/** How the rows are divided; together with the data and the parameters it fixes the model to the byte. */
export type RecordedSplit = {
  readonly testShare: number;
  readonly stratified: boolean;
};

export type ArtifactDigest = { readonly path: string; readonly size: number; readonly sha256: string };

/** What a job belongs to; goes with every event of it. */
export type Belonging = {
  readonly jobId: string;
  readonly runId: string;
  readonly experimentId: string;
  readonly modelName: string;
};

/** All that decides what will be trained. `requestedBy` is a pseudonym, like every actor. */
export type TrainingRequest = Belonging & {
  readonly requestedBy: string;
  readonly datasetId: string;
  readonly datasetSha256: string;
  readonly datasetName: string;
  readonly experimentName: string;
  readonly runName: string | null;
  readonly parameters: RecordedParameters;
  readonly tags: RecordedTags;
  readonly split: RecordedSplit;
};

export type TrainingResult = {
  readonly modelId: string;
  readonly version: number;
  readonly metrics: RecordedMetrics;
  readonly artifacts: readonly ArtifactDigest[];
};

export type TrainingRequested = DomainEvent<'TrainingRequested', TrainingRequest>;
/** A worker took the job up. `attempt` counts from 1 over the whole life of the job. */
export type TrainingStarted = DomainEvent<'TrainingStarted', Belonging & { attempt: number; worker: string }>;
/** An attempt ended for a reason that may pass; the job will be tried again. */
export type TrainingRetried = DomainEvent<
  'TrainingRetried',
  Belonging & { attempt: number; code: string; reason: string }
>;
export type TrainingSucceeded = DomainEvent<
  'TrainingSucceeded',
  Belonging & TrainingResult & { attempt: number; datasetId: string; datasetSha256: string; requestedBy: string }
>;
/** Trying again can't help: the data or the request itself is wrong. */
export type TrainingFailed = DomainEvent<
  'TrainingFailed',
  Belonging & { attempt: number; code: string; reason: string }
>;
/** Given up after too many attempts, until somebody resumes it. */
export type TrainingParked = DomainEvent<
  'TrainingParked',
  Belonging & { attempt: number; failures: number; code: string; reason: string }
>;
export type TrainingResumed = DomainEvent<'TrainingResumed', Belonging & { resumedBy: string }>;

export type JobEvent =
  | TrainingRequested
  | TrainingStarted
  | TrainingRetried
  | TrainingSucceeded
  | TrainingFailed
  | TrainingParked
  | TrainingResumed;

/** The events that workers are called by. */
export const CALLS_FOR_WORK = ['TrainingRequested', 'TrainingResumed'] as const satisfies readonly JobEvent['type'][];
