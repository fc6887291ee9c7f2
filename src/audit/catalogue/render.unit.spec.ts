import { describe, expect, it } from '@jest/globals';
import { EventDefinition } from '../../core/index.js';
import { renderEventCatalogue } from './render.js';

const made: EventDefinition = {
  type: 'RunMade',
  summary: 'A run was made.',
  stream: 'run-<id>',
  resource: () => ({ kind: 'run', id: 'a' }),
  samples: [{ id: 'a' }, { id: 'a', name: 'b' }],
  upcasts: [(data) => ({ ...data, name: '' })],
};
const refused: EventDefinition = {
  ...made,
  type: 'RunRefused',
  outcome: 'denied',
  samples: [{ id: 'a' }],
  upcasts: [],
};

describe('the event catalogue as a document', () => {
  const text = renderEventCatalogue({ tracking: [made], serving: [refused] });

  it('has a chapter for each room and a section for each type, with a table of contents', () => {
    expect(text.split('\n').filter((line) => /^#|^- /.test(line))).toEqual([
      '# Events',
      '- **tracking**: [RunMade](#runmade)',
      '- **serving**: [RunRefused](#runrefused)',
      '## tracking',
      '### RunMade',
      '## serving',
      '### RunRefused',
    ]);
  });

  it('tells the stream, the schema, what it is about and an outcome that is not ok', () => {
    expect(text).toContain('stream `run-<id>` · schema 2 · about a run\n');
    expect(text).toContain('stream `run-<id>` · schema 1 · about a run · outcome denied\n');
  });

  it('shows the sample of every schema version, the current one first', () => {
    const blocks = [...text.matchAll(/```json\n([^`]*)```/g)].map(([, json]) => JSON.parse(json!) as unknown);
    expect(blocks).toEqual([{ id: 'a', name: 'b' }, { id: 'a' }, { id: 'a' }]);
  });

  it('is the same each time', () => {
    expect(renderEventCatalogue({ tracking: [made], serving: [refused] })).toBe(text);
  });
});
