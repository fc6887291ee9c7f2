import { describe, expect, it } from '@jest/globals';
import { EventCatalogue } from '../../core/index.js';
import { DIRECTORY } from '../directory/decide.js';
import { DirectoryEvent, directoryEvents, emptyDirectory, evolve as evolveDirectory } from '../directory/events.js';
import { modelEvents } from './catalogue.js';
import { ModelEvent } from './events.js';
import { absentModel, evolve, touchesModel } from './state.js';

const catalogue = new EventCatalogue(directoryEvents, modelEvents);
const samples = (of: typeof modelEvents) =>
  of.flatMap(({ type, samples }) =>
    samples.map((data, index) => [`${type} of schema ${index + 1}`, { type, schema: index + 1, data }] as const),
  );

describe('the events of the registry', () => {
  it.each(samples(modelEvents))('%s are understood by the model', (_name, event) => {
    const state = evolve(absentModel, catalogue.upcast<ModelEvent>(event));
    expect(state.updatedAt).toBe(touchesModel(event as unknown as ModelEvent) ? event.data['at'] : 0);
  });

  it.each(samples(directoryEvents))('%s are understood by the directory', (_name, event) => {
    const state = evolveDirectory(emptyDirectory, catalogue.upcast<DirectoryEvent>(event));
    expect(state.byName.has(event.data['name'] as string)).toBe(event.type !== 'RegisteredModelNameReleased');
    expect(catalogue.definition(event.type).stream).toBe(DIRECTORY);
  });

  it.each(samples([...directoryEvents, ...modelEvents]))('%s say what they are about', (_name, { type, data }) => {
    const resource = catalogue.definition(type).resource(data);
    const isVersion = 'version' in data;
    expect(resource.kind).toBe(isVersion ? 'model-version' : 'registered-model');
    expect(resource.id).toBe(isVersion ? `${data['modelId'] as string}/${data['version'] as number}` : data['modelId']);
  });
});
