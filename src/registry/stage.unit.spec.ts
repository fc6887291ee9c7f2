import { describe, expect, it } from '@jest/globals';
import { stageOf } from './stage.js';

describe('a stage', () => {
  it.each([
    ['production', 'Production'],
    ['PRODUCTION', 'Production'],
    ['Staging', 'Staging'],
    ['none', 'None'],
    ['archived', 'Archived'],
  ])('%s is %s', (text, stage) => expect(stageOf(text)).toBe(stage));

  it.each(['', 'prod', ' Production', 'Deleted_Internal', 'constructor'])(
    '%j is none, and all that are one are named',
    (text) => {
      expect(() => stageOf(text)).toThrow(
        expect.objectContaining({
          kind: 'invalid',
          field: 'stage',
          message: expect.stringContaining('None, Staging, Production, Archived') as unknown as string,
        }),
      );
    },
  );
});
