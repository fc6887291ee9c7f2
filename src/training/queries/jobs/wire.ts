import { Micros, toIso } from '../../../core/index.js';
import type {
  ArtifactDigest,
  RecordedMetrics,
  RecordedParameters,
  RecordedSplit,
  RecordedTags,
} from '../../job/events.js';
import { JobStatus } from '../../job/state.js';
import { JobTable } from './table.js';

/** A training job as `/api/v1` shows it. */
export interface TrainingJobView {
  readonly job_id: string;
  readonly state: JobStatus;
  readonly requested_by: string;
  readonly dataset: { readonly dataset_id: string; readonly name: string; readonly sha256: string };
  readonly experiment: { readonly experiment_id: string; readonly name: string };
  readonly run_id: string;
  readonly run_name?: string;
  readonly registered_model_name: string;
  readonly parameters: RecordedParameters;
  readonly tags: RecordedTags;
  readonly split: { readonly test_share: number; readonly stratified: boolean };
  readonly attempts: number;
  readonly worker?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly model_version?: { readonly model_id: string; readonly name: string; readonly version: string };
  readonly metrics?: RecordedMetrics;
  readonly artifacts?: readonly ArtifactDigest[];
  readonly requested_at: string;
  readonly started_at?: string;
  readonly finished_at?: string;
  readonly updated_at: string;
}

const parsed = <T>(json: string): T => JSON.parse(json) as T;
const optional = <T>(value: T | null): T | undefined => value ?? undefined;
const time = (micros: number): string => toIso(micros as Micros);
const optionalTime = (micros: number | null): string | undefined => (micros === null ? undefined : time(micros));

export function toView(row: JobTable): TrainingJobView {
  const { testShare, stratified } = parsed<RecordedSplit>(row.split);
  return {
    job_id: row.job_id,
    state: row.state,
    requested_by: row.requested_by,
    dataset: { dataset_id: row.dataset_id, name: row.dataset_name, sha256: row.dataset_sha256 },
    experiment: { experiment_id: row.experiment_id, name: row.experiment_name },
    run_id: row.run_id,
    run_name: optional(row.run_name),
    registered_model_name: row.model_name,
    parameters: parsed<RecordedParameters>(row.parameters),
    tags: parsed<RecordedTags>(row.tags),
    split: { test_share: testShare, stratified },
    attempts: row.attempts,
    worker: optional(row.worker),
    code: optional(row.code),
    reason: optional(row.reason),
    model_version: modelVersion(row),
    metrics: row.metrics === null ? undefined : parsed<RecordedMetrics>(row.metrics),
    artifacts: row.artifacts === null ? undefined : parsed<readonly ArtifactDigest[]>(row.artifacts),
    requested_at: time(row.requested_at),
    started_at: optionalTime(row.started_at),
    finished_at: optionalTime(row.finished_at),
    updated_at: time(row.updated_at),
  };
}

function modelVersion({ model_id, model_version, model_name }: JobTable): TrainingJobView['model_version'] {
  return model_id === null || model_version === null
    ? undefined
    : { model_id, name: model_name, version: String(model_version) };
}
