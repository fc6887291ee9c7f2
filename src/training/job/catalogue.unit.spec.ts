import { describe, expect, it } from '@jest/globals';
import { EventCatalogue } from '../../core/index.js';
import { jobEvents } from './catalogue.js';
import { jobDecider } from './decide.js';
import type { JobEvent } from './events.js';

const frozen = (type: string): JobEvent => {
  const samples = jobEvents.find((definition) => definition.type === type)!.samples;
  return { type, data: samples[0] } as unknown as JobEvent;
};
const statusAfter = (...types: readonly string[]) =>
  types.map(frozen).reduce(jobDecider.evolve, jobDecider.initial).status;

describe('the catalogue of training events', () => {
  it('holds samples that the decider understands', () => {
    expect(statusAfter('TrainingRequested')).toBe('requested');
    expect(statusAfter('TrainingRequested', 'TrainingStarted')).toBe('running');
    expect(statusAfter('TrainingRequested', 'TrainingStarted', 'TrainingRetried')).toBe('retrying');
    expect(statusAfter('TrainingRequested', 'TrainingStarted', 'TrainingParked')).toBe('parked');
    expect(statusAfter('TrainingRequested', 'TrainingStarted', 'TrainingParked', 'TrainingResumed')).toBe('requested');
    expect(statusAfter('TrainingRequested', 'TrainingStarted', 'TrainingFailed')).toBe('failed');
    expect(statusAfter('TrainingRequested', 'TrainingStarted', 'TrainingSucceeded')).toBe('succeeded');
  });

  it('finds a job by its run, experiment, data set and model', () => {
    const { resource, samples } = new EventCatalogue(jobEvents).definition('TrainingSucceeded');
    const { jobId, runId, experimentId, datasetId, modelId } = samples[0];
    expect(resource(samples[0])).toEqual({
      kind: 'job',
      id: jobId,
      name: 'lims_contamination_detector',
      parents: [
        { kind: 'run', id: runId },
        { kind: 'experiment', id: experimentId },
        { kind: 'dataset', id: datasetId },
        { kind: 'registered-model', id: modelId },
      ],
    });
  });
});
