import { describe, expect, it } from '@jest/globals';
import { FileReading } from './file-reading.js';

const file = (sha256: string, size = 10) => ({ sha256, size });
const files = (...of: readonly ReturnType<typeof file>[]) => new Map(of.map((each, n) => [`f${n}`, each]));

describe('reading files', () => {
  it('names those that are not what was recorded, and reads the same bytes once', async () => {
    const read: string[] = [];
    const reading = new FileReading(async ({ sha256 }) => (read.push(sha256), sha256 !== 'bad'));
    expect(await reading.damagedOf(files(file('a'), file('bad'), file('a')))).toEqual(['f1']);
    expect(await reading.damagedOf(files(file('bad'), file('b')))).toEqual(['f0']);
    expect(read).toEqual(['a', 'bad', 'b']);
  });

  it('says nothing of files that are too much to read, and begins none of them', async () => {
    const read: string[] = [];
    const reading = new FileReading(async ({ sha256 }) => read.push(sha256) > 0, 25);
    expect(await reading.damagedOf(files(file('a'), file('b')))).toEqual([]);
    expect(await reading.damagedOf(files(file('c')))).toBeUndefined();
    // What was read before costs nothing.
    expect(await reading.damagedOf(files(file('a'), file('d', 5)))).toEqual([]);
    expect(read).toEqual(['a', 'b', 'd']);
  });
});
