import { describe, expect, it } from '@jest/globals';
import { Decider, DomainEvent, EventCatalogue, EventDefinition, JsonObject } from '../core/index.js';
import { datasetDecider } from './dataset/decide.js';
import { datasetEvents } from './dataset/events.js';
import { experimentDecider } from './experiment/decide.js';
import { directoryDecider, directoryEvents } from './experiment/directory.js';
import { experimentEvents } from './experiment/events.js';
import { trackingEvents } from './index.js';
import { loggedModelEvents } from './logged-model/catalogue.js';
import { loggedModelDecider } from './logged-model/decide.js';
import { runEvents } from './run/catalogue.js';
import { runDecider } from './run/decide.js';

const catalogue = new EventCatalogue(trackingEvents);
type Row = readonly [string, { readonly type: string; readonly schema: number; readonly data: JsonObject }];
const samples = (definitions: readonly EventDefinition[]): Row[] =>
  definitions.flatMap(({ type, samples: all }) =>
    all.map((data, index): Row => [`${type} of schema ${index + 1}`, { type, schema: index + 1, data }]),
  );

/** Old samples, brought up to date, one after the other: a history as a log may hold it. */
function replay<S, C, E extends DomainEvent>({ evolve, initial }: Decider<S, C, E>, of: readonly EventDefinition[]): S {
  return samples(of).reduce((state, [, event]) => evolve(state, catalogue.upcast<E>(event)), initial);
}

describe('the samples of the events of the tracking room', () => {
  it('are all replayed here', () => {
    const replayed = [directoryEvents, experimentEvents, runEvents, loggedModelEvents, datasetEvents];
    expect(replayed.flat()).toEqual(trackingEvents);
  });
  it('make a directory', () => {
    const { byName, byId, next } = replay(directoryDecider, directoryEvents);
    expect([byName.size, byId.size, next]).toEqual([1, 1, 2]);
  });
  it('make an experiment', () => {
    expect(replay(experimentDecider, experimentEvents)).toMatchObject({ id: '1', lifecycle: 'active' });
  });
  it('make a run', () => {
    const run = replay(runDecider, runEvents);
    expect(run).toMatchObject({ name: 'baseline', status: 'RUNNING', endTime: 1767603660000, lifecycle: 'active' });
    expect([run.params.size, run.tags.size, run.inputs.size]).toEqual([1, 2, 1]);
    expect([run.modelInputs.size, run.modelOutputs.size]).toEqual([1, 1]);
  });
  it('make a logged model', () => {
    const model = replay(loggedModelDecider, loggedModelEvents);
    expect(model).toMatchObject({ name: 'lims_qc_model', status: 'READY', lifecycle: 'deleted' });
    expect([model.params.size, model.tags.size]).toEqual([1, 2]);
  });
  it('make a data set', () => {
    expect(replay(datasetDecider, datasetEvents)).toMatchObject({ name: 'LIMS_Synthetic_v1', rows: 1000 });
  });
  it.each(samples(trackingEvents))('%s says what it is about', (_name, { type, data }) => {
    const { kind, id, parents } = catalogue.definition(type).resource(data);
    if (kind === 'run')
      expect([id, parents]).toEqual([data['runId'], [{ kind: 'experiment', id: data['experimentId'] }]]);
    else if (kind === 'logged-model')
      expect([id, parents?.at(-1)]).toEqual([data['modelId'], { kind: 'experiment', id: data['experimentId'] }]);
    else
      expect([kind, id]).toEqual(
        'datasetId' in data ? ['dataset', data['datasetId']] : ['experiment', data['experimentId']],
      );
  });
});
