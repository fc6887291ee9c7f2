import { EventDefinition, JsonObject, ResourceRef } from '../../core/index.js';

const BELONGING = {
  jobId: '0198c1f2-6c00-7000-8000-000000000001',
  runId: '8a1f4d2be07c8f3e9b6d5c4a3f2e1d0c',
  experimentId: '1',
  modelName: 'lims_contamination_detector',
};

const DATASET = {
  datasetId: '0198c1f2-6c00-7000-8000-0000000000d1',
  datasetSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};

const REQUESTED = {
  ...BELONGING,
  ...DATASET,
  requestedBy: '0198c1f2-6c00-7000-8000-00000000000a',
  datasetName: 'LIMS_Synthetic_v1',
  experimentName: 'LIMS_Contamination',
  runName: 'baseline',
  parameters: { n_estimators: 100, max_depth: 5, class_weight: 'balanced', random_state: 42 },
  tags: { Project: 'Lab_Modernization', Approval_Status: 'Pending_Review' },
  split: { testShare: 0.2, stratified: true },
};

const SUCCEEDED = {
  ...BELONGING,
  ...DATASET,
  requestedBy: REQUESTED.requestedBy,
  attempt: 1,
  modelId: '0198c1f2-6c00-7000-8000-0000000000e1',
  version: 1,
  metrics: { test_accuracy: 0.965, test_f1: 0.88 },
  artifacts: [{ path: 'feature_importance.csv', size: 121, sha256: DATASET.datasetSha256 }],
};

/** A job is found by its run, its experiment and its data, and by its model once there is one. */
function job(data: JsonObject): ResourceRef {
  const parent = (kind: string, field: string) => (typeof data[field] === 'string' ? [{ kind, id: data[field] }] : []);
  return {
    kind: 'job',
    id: data.jobId as string,
    name: data.modelName as string,
    parents: [
      ...parent('run', 'runId'),
      ...parent('experiment', 'experimentId'),
      ...parent('dataset', 'datasetId'),
      ...parent('registered-model', 'modelId'),
    ],
  };
}

const define = (
  type: string,
  summary: string,
  sample: JsonObject,
  outcome: NonNullable<EventDefinition['outcome']> = 'ok',
): EventDefinition => ({ type, summary, stream: 'job-<job id>', resource: job, outcome, samples: [sample] });

export const jobEvents: readonly EventDefinition[] = [
  define('TrainingRequested', 'Somebody asked for a model to be trained on a data snapshot.', REQUESTED),
  define('TrainingStarted', 'A worker took the training job up.', {
    ...BELONGING,
    attempt: 1,
    worker: 'lab-host-4711',
  }),
  define(
    'TrainingRetried',
    'An attempt to train ended for a reason that may pass; the job will be tried again.',
    { ...BELONGING, attempt: 1, code: 'training-memory', reason: 'the training thread ran out of memory' },
    'failed',
  ),
  define('TrainingSucceeded', 'A model was trained, its run was logged and its version registered.', SUCCEEDED),
  define(
    'TrainingFailed',
    'The training job failed for good: trying again cannot help.',
    { ...BELONGING, attempt: 1, code: 'dataset-damaged', reason: 'the stored bytes differ from the data snapshot' },
    'failed',
  ),
  define(
    'TrainingParked',
    'The training job was given up after too many attempts, until somebody resumes it.',
    { ...BELONGING, attempt: 6, failures: 6, code: 'worker-lost', reason: 'given up after 6 attempts' },
    'failed',
  ),
  define('TrainingResumed', 'Somebody had a parked training job tried again.', {
    ...BELONGING,
    resumedBy: REQUESTED.requestedBy,
  }),
];
