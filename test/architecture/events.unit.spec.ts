import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { EVENTS } from '../../src/app/catalogue.js';
import { eventsDocument } from '../../src/app/events-document.js';
import { EventCatalogue } from '../../src/core/index.js';

const catalogue = new EventCatalogue(...EVENTS);

describe('the event catalogue', () => {
  it('docs/events.md is what the code generates', () => {
    expect(existsSync('docs/events.md')).toBe(true);
    expect(readFileSync('docs/events.md', 'utf8')).toBe(eventsDocument());
  });

  it.each(catalogue.definitions.map((definition) => [definition.type, definition] as const))(
    '%s: every frozen sample replays, of every schema version',
    (type, definition) => {
      expect(type).toMatch(/^([A-Z][a-z]+)+$/);
      expect(definition.summary).toMatch(/^[A-Z].*\.$/);
      for (const [index, data] of definition.samples.entries()) {
        expect(JSON.parse(JSON.stringify(data))).toEqual(data);
        const current = catalogue.upcast({ type, schema: index + 1, data });
        const resource = definition.resource(current.data as never);
        expect(resource.kind).toMatch(/^[a-z]+(-[a-z]+)*$/);
        expect(typeof resource.id === 'string' && resource.id !== '').toBe(true);
      }
    },
  );
});
