import { describe, expect, it } from '@jest/globals';
import { Position } from '../../core/index.js';
import { StreamHeads } from './stream-heads.js';

/** A log that others append to. */
function log() {
  const streams: string[] = [];
  return {
    append: (stream: string) => void streams.push(stream),
    head: () => streams.length as Position,
    streamsBetween: (after: Position, upTo: Position) => streams.slice(after, upTo),
  };
}

describe('what is known of the ends of streams', () => {
  it('is that a stream read to its end has nothing more, until somebody appends', async () => {
    const others = log();
    const heads = new StreamHeads(others);
    expect(heads.endsBefore('a', 0)).toBe(false);
    heads.learn('a', 0, []);
    expect(heads.endsBefore('a', 0)).toBe(true);
    others.append('a');
    await new Promise((next) => setImmediate(next));
    expect(heads.endsBefore('a', 0)).toBe(false);
  });

  it('is looked up again within a turn of the event loop that takes long', () => {
    const others = log();
    const heads = new StreamHeads(others);
    heads.learn('a', 0, []);
    expect(heads.endsBefore('a', 0)).toBe(true);
    others.append('a');
    const from = performance.now();
    while (performance.now() - from < 1);
    expect(heads.endsBefore('a', 0)).toBe(false);
  });
});
