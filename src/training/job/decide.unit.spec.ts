import { describe, expect, it } from '@jest/globals';
import { specFor } from '../../core/testing/decider-spec.js';
import { jobDecider } from './decide.js';
import type { Belonging, JobEvent, TrainingRequest, TrainingResult } from './events.js';
import { WORKER_STOPPED } from './state.js';

const belonging: Belonging = { jobId: 'j1', runId: 'a'.repeat(32), experimentId: '7', modelName: 'detector' };
const asked: TrainingRequest = {
  ...belonging,
  requestedBy: 'u1',
  datasetId: 'd1',
  datasetSha256: 'f'.repeat(64),
  datasetName: 'LIMS_Synthetic_v1',
  experimentName: 'LIMS',
  runName: null,
  parameters: { n_estimators: 100, random_state: 42 },
  tags: { Project: 'Lab_Modernization' },
  split: { testShare: 0.2, stratified: true },
};
const result: TrainingResult = { modelId: 'm1', version: 3, metrics: { test_f1: 0.9 }, artifacts: [] };

const requested: JobEvent = { type: 'TrainingRequested', data: asked };
const started = (attempt: number): JobEvent => ({
  type: 'TrainingStarted',
  data: { ...belonging, attempt, worker: 'w1' },
});
const retried = (attempt: number, code = 'training-crashed'): JobEvent => ({
  type: 'TrainingRetried',
  data: { ...belonging, attempt, code, reason: 'why' },
});
const parked = (attempt: number, failures: number, code = 'training-crashed', reason = 'why'): JobEvent => ({
  type: 'TrainingParked',
  data: { ...belonging, attempt, failures, code, reason },
});
const resumed: JobEvent = { type: 'TrainingResumed', data: { ...belonging, resumedBy: 'u2' } };
const succeeded = (attempt: number): JobEvent => ({
  type: 'TrainingSucceeded',
  data: { ...belonging, attempt, ...result, datasetId: 'd1', datasetSha256: 'f'.repeat(64), requestedBy: 'u1' },
});
const failed = (attempt: number): JobEvent => ({
  type: 'TrainingFailed',
  data: { ...belonging, attempt, code: 'bad-data', reason: 'why' },
});

const start = { kind: 'start', worker: 'w1', maxRetries: 2 } as const;
const giveBack = (attempt: number, code = 'training-crashed') =>
  ({ kind: 'give-back', attempt, code, reason: 'why', maxRetries: 2 }) as const;
const fail = (attempt: number) => ({ kind: 'fail', attempt, code: 'bad-data', reason: 'why' }) as const;
const succeed = (attempt: number) => ({ kind: 'succeed', attempt, result }) as const;
const resume = { kind: 'resume', resumedBy: 'u2' } as const;

const { given } = specFor(jobDecider);

describe('a training job', () => {
  describe('is requested', () => {
    it('once', () => given().when({ kind: 'request', request: asked }).then(requested));
    it('and the same request again changes nothing, whatever became of the job', () => {
      given(requested).when({ kind: 'request', request: asked }).thenNothing();
      given(requested, started(1), succeeded(1)).when({ kind: 'request', request: asked }).thenNothing();
    });
    it('but its key is refused for another request', () => {
      const other = { ...asked, parameters: { n_estimators: 50, random_state: 42 } };
      given(requested).when({ kind: 'request', request: other }).thenRefused({ code: 'request-key-reused' });
    });
    it('before anything else can happen to it', () => {
      for (const command of [start, succeed(1), fail(1), giveBack(1), resume]) {
        given().when(command).thenRefused({ kind: 'not-found', code: 'job-not-found' });
      }
    });
  });

  describe('is started', () => {
    it('by a worker', () => given(requested).when(start).then(started(1)));
    it('again after an attempt that was given back', () =>
      given(requested, started(1), retried(1)).when(start).then(started(2)));
    it('again when its worker was lost', () => given(requested, started(1)).when(start).then(started(2)));
    it('and parked instead when it lost or failed too many workers', () => {
      const reason = 'given up after 3 attempts that failed or lost their worker';
      given(requested, started(1), started(2), started(3))
        .when(start)
        .then(parked(3, 3, 'worker-lost', reason));
      given(requested, started(1), retried(1), started(2), started(3))
        .when(start)
        .then(parked(3, 3, 'worker-lost', reason));
    });
    it('not when it is finished', () => {
      given(requested, started(1), succeeded(1)).when(start).thenRefused({ code: 'job-finished' });
      given(requested, started(1), failed(1)).when(start).thenRefused({ code: 'job-finished' });
    });
    it('not while it is parked', () =>
      given(requested, started(1), parked(1, 1)).when(start).thenRefused({ code: 'job-parked' }));
    it('with all its tries again after it was resumed', () =>
      given(requested, started(1), started(2), started(3), parked(3, 3), resumed, started(4), started(5))
        .when(start)
        .then(started(6)));
  });

  describe('is given back', () => {
    it('to be tried again', () => given(requested, started(1)).when(giveBack(1)).then(retried(1)));
    it('and parked when that was the last try', () =>
      given(requested, started(1), retried(1), started(2), retried(2), started(3))
        .when(giveBack(3))
        .then(parked(3, 3)));
    it('by a worker that stops as often as needed: that is no failure of the job', () => {
      const stops = [1, 2, 3, 4].flatMap((attempt) => [started(attempt), retried(attempt, WORKER_STOPPED)]);
      given(requested, ...stops, started(5))
        .when(giveBack(5, WORKER_STOPPED))
        .then(retried(5, WORKER_STOPPED));
    });
    it('by nobody but the current attempt', () => {
      given(requested, started(1), started(2)).when(giveBack(1)).thenNothing();
      given(requested, started(1), succeeded(1)).when(giveBack(1)).thenNothing();
      given(requested, started(1)).when(giveBack(2)).thenRefused({ code: 'attempt-not-started' });
    });
  });

  describe('ends', () => {
    it('with a model version', () => given(requested, started(1)).when(succeed(1)).then(succeeded(1)));
    it('with success only once', () => given(requested, started(1), succeeded(1)).when(succeed(1)).thenNothing());
    it('with the success of an older attempt that came first, even if it was parked meanwhile', () => {
      given(requested, started(1), started(2)).when(succeed(1)).then(succeeded(1));
      given(requested, started(1), parked(1, 1)).when(succeed(1)).then(succeeded(1));
    });
    it('without success when it was never started or has failed', () => {
      given(requested).when(succeed(1)).thenRefused({ code: 'attempt-not-started' });
      given(requested, started(1), failed(1)).when(succeed(1)).thenRefused({ code: 'job-finished' });
    });
    it('with failure', () => given(requested, started(1)).when(fail(1)).then(failed(1)));
    it('with the failure of the current attempt only', () => {
      given(requested, started(1), started(2)).when(fail(1)).thenNothing();
      given(requested, started(1), succeeded(1)).when(fail(1)).thenNothing();
      given(requested).when(fail(1)).thenRefused({ code: 'attempt-not-started' });
    });
  });

  describe('is resumed', () => {
    it('when it is parked', () => given(requested, started(1), parked(1, 1)).when(resume).then(resumed));
    it('in no other state', () => {
      const histories: readonly JobEvent[][] = [
        [requested],
        [requested, started(1)],
        [requested, started(1), retried(1)],
        [requested, started(1), parked(1, 1), resumed],
        [requested, started(1), failed(1)],
        [requested, started(1), succeeded(1)],
      ];
      for (const past of histories)
        given(...past)
          .when(resume)
          .thenRefused({ kind: 'state', code: 'job-not-parked' });
    });
  });

  it('knows its result, and how often it failed', () => {
    const past = [requested, started(1), retried(1, WORKER_STOPPED), started(2), started(3), succeeded(3)];
    expect(past.reduce(jobDecider.evolve, jobDecider.initial)).toEqual({
      status: 'succeeded',
      request: asked,
      attempts: 3,
      failures: 1,
      result,
    });
  });
});
