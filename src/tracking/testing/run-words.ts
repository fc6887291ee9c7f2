import { ExperimentId, RunId, Sealed } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { runDecider } from '../run/decide.js';
import { Batch } from '../run/checks.js';
import { Param, RunEvent, RunTag } from '../run/events.js';

/** The words in which the specs of a run's decider are written. */
export const { given } = specFor(runDecider);
export const base = { runId: '5f2c7e1b9a8d4c3e8b7a6f5e4d3c2b1a' as RunId, experimentId: '1' as ExperimentId };
export const startTime = 1_767_603_600_000;
export const start = { type: 'start' as const, ...base, name: 'baseline', startTime, tags: [] as readonly RunTag[] };
export const nameTag = (value: string) => ({ key: 'mlflow.runName', value });
export const started: RunEvent = {
  type: 'RunStarted',
  data: { ...base, name: 'baseline', startTime, tags: [nameTag('baseline')] },
};
export const deleted: RunEvent = { type: 'RunDeleted', data: base };
export const restored: RunEvent = { type: 'RunRestored', data: base };
export const params = (...list: Param[]): RunEvent => ({ type: 'ParamsLogged', data: { ...base, params: list } });
export const tags = (...list: RunTag[]): RunEvent => ({ type: 'TagsSet', data: { ...base, tags: list } });
export const renamed = (name: string): RunEvent => ({ type: 'RunRenamed', data: { ...base, name } });
export const ended = (status: 'FINISHED' | 'FAILED' | 'KILLED', endTime?: number): RunEvent => ({
  type: 'RunEnded',
  data: { ...base, status, ...(endTime === undefined ? {} : { endTime }) },
});
export const resumed = (status: 'RUNNING' | 'SCHEDULED'): RunEvent => ({
  type: 'RunResumed',
  data: { ...base, status },
});
export const sealed: Sealed = { subject: 'u-1', box: 'v1.a.b' };

export const log = (batch: Partial<Batch>) => ({ type: 'log' as const, metrics: [], params: [], tags: [], ...batch });
export const metric = { key: 'loss', value: 0.5, timestamp: 1, step: 0 };
