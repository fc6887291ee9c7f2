import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { filesIn, filesOf, manifestOf } from './manifest.js';

const file = (text: string) => ({ sha256: createHash('sha256').update(text).digest('hex'), size: text.length });
const files = fc
  .uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string()), { selector: ([path]) => path })
  .map((entries) => entries.map(([path, text]) => [path, file(text)] as const));

describe('a manifest', () => {
  it('holds every path with its size and digest', () =>
    fc.assert(
      fc.property(files, (entries) => {
        expect(new Map([...filesOf(manifestOf(new Map(entries)))].sort())).toEqual(new Map([...entries].sort()));
      }),
    ));

  it('is the same bytes in whatever order the files came', () =>
    fc.assert(
      fc.property(files, (entries) => manifestOf(new Map(entries)).equals(manifestOf(new Map([...entries].reverse())))),
    ));

  it('is other bytes when a path or a digest is another', () => {
    const [a, b] = [file('a'), file('b')];
    const manifests = [
      [['x', a]],
      [['x', b]],
      [['y', a]],
      [
        ['x', a],
        ['y', a],
      ],
      [],
    ] as const;
    const texts = manifests.map((entries) => manifestOf(new Map(entries)).toString());
    expect(new Set(texts).size).toBe(manifests.length);
  });
});

describe('what lies in a folder', () => {
  const all = [
    ['model/MLmodel', file('a')],
    ['model/data/x', file('b')],
    ['model.txt', file('c')],
    ['models/y', file('d')],
  ] as const;
  it('is named from that folder on', () => expect([...filesIn(all, 'model').keys()]).toEqual(['MLmodel', 'data/x']));
  it('is everything for the root', () => expect([...filesIn(all, '').keys()]).toEqual(all.map(([path]) => path)));
  it('is the file itself under the name of a file', () =>
    expect([...filesIn(all, 'model.txt')]).toEqual([['', file('c')]]));
  it('is nothing where nothing is', () => expect(filesIn(all, 'mod').size).toBe(0));
});
