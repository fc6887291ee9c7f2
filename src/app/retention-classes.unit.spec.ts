import { describe, expect, it } from '@jest/globals';
import { classOfStream } from '../records/index.js';
import { EVENTS } from './catalogue.js';

describe('classes of records', () => {
  it('there is one for the streams of every event type that there is', () => {
    const streams = EVENTS.flat().flatMap(({ stream, type }) =>
      // Some name two: `run-<id>, or artifacts-…`.
      stream
        .replace(/ for a logged model| when they .*/, '')
        .split(/, or |` or `/)
        .map((name) => [type, name] as const),
    );
    expect(streams.filter(([, stream]) => classOfStream(stream) === undefined)).toEqual([]);
    expect(new Set(streams.map(([, stream]) => classOfStream(stream))).size).toBe(7);
  });

  it('what is longest counts where two beginnings fit', () => {
    expect(classOfStream('model-5f0c')).toBe('models');
    expect(classOfStream('directory-models')).toBe('models');
    expect(classOfStream('logged-model-m-1')).toBe('training');
    expect(classOfStream('something-else')).toBeUndefined();
  });
});
