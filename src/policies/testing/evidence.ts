import { UserId } from '../../core/index.js';
import { Evidence, InputEvidence, RunEvidence, VersionEvidence } from '../evaluation/evidence.js';

export const KIM = 'u-kim' as UserId;
export const ROBOT = 'u-robot' as UserId;
export const RUN_ID = '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c';
export const AGAIN = '1192f0a8c4b77a1e9d3c5b6a7f8e9d0c';

export const input = (context: string, sha256 = 'a'.repeat(64), more: Partial<InputEvidence> = {}): InputEvidence => ({
  name: `samples ${context}`,
  digest: sha256.slice(0, 32),
  context,
  snapshot: { datasetId: `d-${sha256.slice(0, 32)}`, sha256, rows: 1000, kept: true },
  ...more,
});

export const run = (more: Partial<RunEvidence> = {}): RunEvidence => ({
  runId: RUN_ID,
  status: 'FINISHED',
  deleted: false,
  params: { n_estimators: '100', max_depth: '5' },
  metrics: { test_f1: { value: 0.9 }, test_recall: { value: 0.88 } },
  inputs: [input('training'), input('testing', 'b'.repeat(64))],
  code: 'c0ffee',
  writers: [KIM],
  ...more,
});

export const version = (more: Partial<VersionEvidence> = {}): VersionEvidence => ({
  version: 2,
  stage: 'Staging',
  createdAt: Date.UTC(2026, 0, 5, 9),
  registeredBy: KIM,
  tags: {},
  runTags: { Data_Source: 'LIMS_Silver_Layer_v2', PHI_Included: 'No', Use_Case: 'Contamination_Detection' },
  run: run(),
  files: {
    kept: true,
    files: 3,
    description: 'read',
    flavors: ['python_function', 'sklearn'],
    signature: { inputs: ['ph_level: double', 'turbidity: double'], outputs: ['#0: long'] },
    damaged: [],
  },
  ...more,
});

/** Monday, five hours after it was registered. */
export const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  modelId: '0192f0a8c4b77a1e9d3c5b6a7f8e9d0f',
  model: 'lims_contamination_detector',
  target: { type: 'stage', to: 'Production' },
  at: '2026-01-05T14:00:00.000000Z',
  modelTags: {},
  version: version(),
  overlaps: [],
  ...more,
});
