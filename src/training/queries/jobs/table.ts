import type { JobStatus } from '../../job/state.js';

/** One row a job, as it is now. JSON columns hold what the events had, unchanged. */
export interface JobTable {
  job_id: string;
  /** Position of the request in the log: the order of the list and its cursor. */
  requested_position: number;
  state: JobStatus;
  requested_by: string;
  dataset_id: string;
  dataset_sha256: string;
  dataset_name: string;
  experiment_id: string;
  experiment_name: string;
  model_name: string;
  run_id: string;
  run_name: string | null;
  parameters: string;
  tags: string;
  split: string;
  attempts: number;
  worker: string | null;
  /** Why it is being retried, parked or failed; empty otherwise. */
  code: string | null;
  reason: string | null;
  model_id: string | null;
  model_version: number | null;
  metrics: string | null;
  artifacts: string | null;
  requested_at: number;
  started_at: number | null;
  finished_at: number | null;
  updated_at: number;
}

export interface TrainingSchema {
  training_jobs: JobTable;
}
