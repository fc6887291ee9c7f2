import fc from 'fast-check';
import type { Decider } from '../../core/index.js';
import { JobCommand, jobDecider } from '../job/decide.js';
import type { JobEvent, TrainingRequest } from '../job/events.js';
import { JobState } from '../job/state.js';

export const requestOf = (job: number): TrainingRequest => ({
  jobId: `00000000-0000-8000-8000-${String(job).padStart(12, '0')}`,
  runId: String(job).padStart(32, '0'),
  experimentId: '1',
  modelName: `model-${job % 2}`,
  requestedBy: `u-${job % 3}`,
  datasetId: 'd-1',
  datasetSha256: 'f'.repeat(64),
  datasetName: 'LIMS_Synthetic_v1',
  experimentName: 'LIMS',
  runName: job % 2 === 0 ? null : `run ${job}`,
  parameters: { n_estimators: job + 1 },
  tags: { Project: 'Ünïcode "quoted"' },
  split: { testShare: 0.2, stratified: true },
});

/** Commands in any order, so that most histories visit every state. */
export const anyCommand: fc.Arbitrary<JobCommand> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'start', worker: 'w', maxRetries: 1 } as const) },
  fc.record({
    kind: fc.constant('succeed' as const),
    attempt: fc.integer({ min: 1, max: 4 }),
    result: fc.constant(result()),
  }),
  fc.record({
    kind: fc.constant('fail' as const),
    attempt: fc.integer({ min: 1, max: 4 }),
    code: fc.constant('bad-data'),
    reason: fc.string(),
  }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('give-back' as const),
      attempt: fc.integer({ min: 1, max: 4 }),
      code: fc.constantFrom('worker-stopped', 'training-out-of-memory'),
      reason: fc.string(),
      maxRetries: fc.constant(1),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'resume', resumedBy: 'u-9' } as const) },
);

/** What a job's decider makes of these commands, refusals left out. */
export function historyOf(
  job: number,
  commands: readonly JobCommand[],
): { readonly events: readonly JobEvent[]; readonly state: JobState } {
  const { initial, evolve, decide }: Decider<JobState, JobCommand, JobEvent> = jobDecider;
  const events: JobEvent[] = [];
  let state = initial;
  for (const command of [{ kind: 'request', request: requestOf(job) } as const, ...commands]) {
    const decision = decide(command, state);
    if (!decision.ok) continue;
    events.push(...decision.events);
    state = decision.events.reduce(evolve, state);
  }
  return { events, state };
}

function result() {
  return {
    modelId: 'm-1',
    version: 1,
    metrics: { test_f1: 0.9 },
    artifacts: [{ path: 'a', size: 1, sha256: 'e'.repeat(64) }],
  };
}
