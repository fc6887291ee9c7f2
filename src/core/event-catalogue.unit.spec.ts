import { describe, expect, it } from '@jest/globals';
import { EventCatalogue, EventDefinition, UnknownEvent } from './event-catalogue.js';

const renamed: EventDefinition = {
  type: 'ThingRenamed',
  summary: 'A thing got another name.',
  stream: 'thing-<id>',
  resource: () => ({ kind: 'thing', id: '1' }),
  samples: [{ name: 'a' }, { newName: 'a' }, { newName: 'a', oldName: null }],
  upcasts: [({ name }) => ({ newName: name! }), ({ newName }) => ({ newName: newName!, oldName: null })],
};

describe('the event catalogue', () => {
  const catalogue = new EventCatalogue([renamed]);

  it('brings an event of any known schema to the present one', () => {
    const current = { newName: 'a', oldName: null };
    expect(catalogue.upcast({ type: 'ThingRenamed', schema: 1, data: { name: 'a' } })).toMatchObject({
      schema: 3,
      data: current,
    });
    expect(catalogue.upcast({ type: 'ThingRenamed', schema: 2, data: { newName: 'a' } })).toMatchObject({
      schema: 3,
      data: current,
    });
    expect(catalogue.upcast({ type: 'ThingRenamed', schema: 3, data: current })).toEqual({
      type: 'ThingRenamed',
      schema: 3,
      data: current,
    });
  });

  it('writes the present schema', () => {
    expect(catalogue.schemaOf('ThingRenamed')).toBe(3);
  });

  it('refuses a type it does not know, and a schema from the future', () => {
    expect(() => catalogue.upcast({ type: 'ThingEaten', schema: 1, data: {} })).toThrow(UnknownEvent);
    expect(() => catalogue.upcast({ type: 'ThingRenamed', schema: 4, data: {} })).toThrow(/knows 1 to 3/);
  });

  it('refuses two definitions of one type, and a schema without sample or upcast', () => {
    expect(() => new EventCatalogue([renamed], [renamed])).toThrow(/defined twice/);
    expect(() => new EventCatalogue([{ ...renamed, upcasts: [] }])).toThrow(/one upcast between two/);
  });
});
