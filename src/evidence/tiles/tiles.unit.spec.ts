import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leafHash, nodeHash } from '../merkle/index.js';
import { decodeBundle, encodeBundle, hashInTiles, parseTilePath, tilePath, tilesOf, tileWidth } from './index.js';

describe('the path of a tile', () => {
  it.each([
    [{ level: 0, number: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, number: 1234067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 1, number: 999, width: 17 }, 'tile/1/999.p/17'],
    [{ level: 'entries' as const, number: 1000, width: 1 }, 'tile/entries/x001/000.p/1'],
    [{ level: 63, number: 0, width: 255 }, 'tile/63/000.p/255'],
  ])('of %j is %s', (name, path) => {
    expect(tilePath(name)).toBe(path);
    expect(parseTilePath(path)).toEqual(name);
  });

  it.each([
    ['tile/00/000', 'tile/64/000', 'tile/0/00', 'tile/0/0000', 'tile/0/x000/000', 'tile/0/001/000', 'tile/0/x001'],
    ['tile/0/000.p/0', 'tile/0/000.p/256', 'tile/0/000.p/01', 'tile/0/000.p/', 'tile/0/000.p', 'tile/0/000/'],
    ['tile/data/000', 'tile/8/0/000', '/tile/0/000', 'tile/../000', 'tile/0/x999/x999/x999/x999/x999/x999/999', ''],
  ])('is the only one: not %s, %s, %s, …', (...paths) => {
    for (const path of paths) expect([path, parseTilePath(path)]).toEqual([path, undefined]);
  });

  it('is read back whatever tile it names', () => {
    const level = fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 }));
    fc.assert(
      fc.property(level, fc.nat(), fc.integer({ min: 1, max: 256 }), (one, number, width) => {
        expect(parseTilePath(tilePath({ level: one, number, width }))).toEqual({ level: one, number, width });
      }),
    );
  });
});

describe('the tiles of a tree', () => {
  it('are those of the example in the C2SP text: 70,000 leaves', () => {
    const hashes = [...tilesOf(70_000)].filter(({ level }) => level !== 'entries');
    const per = (level: number) => hashes.filter((tile) => tile.level === level);
    expect([per(0).length, per(0).at(-1)!.width]).toEqual([274, 112]);
    expect(per(1).map(({ width }) => width)).toEqual([256, 17]);
    expect(per(2).map(({ width }) => width)).toEqual([1]);
    expect(tileWidth(1, 2, 70_000)).toBe(0);
  });

  it('of 256 leaves are one full tile and one of width 1 above it, and of none there are none', () => {
    expect([...tilesOf(256)].map(tilePath)).toEqual(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']);
    expect([...tilesOf(0)]).toEqual([]);
  });

  it('have the hash of every complete subtree between them', () => {
    const leaves = Array.from({ length: 512 }, (_, index) => leafHash(Buffer.of(index >> 8, index & 255)));
    const roots = [0, 1].map((tile) => treeOf(leaves.slice(256 * tile, 256 * (tile + 1))));
    const read = (level: number, number: number) =>
      Buffer.concat(level === 0 ? leaves.slice(256 * number, 256 * (number + 1)) : roots);
    expect(hashInTiles(0, 300, read)).toEqual(leaves[300]);
    expect(hashInTiles(3, 40, read)).toEqual(treeOf(leaves.slice(320, 328)));
    expect(hashInTiles(7, 3, read)).toEqual(treeOf(leaves.slice(384, 512)));
    expect(hashInTiles(8, 1, read)).toEqual(roots[1]);
    expect(hashInTiles(9, 0, read)).toEqual(treeOf(leaves));
    expect(() => hashInTiles(3, 40, (level, number) => read(level, number).subarray(0, 2080))).toThrow(/cut short/);
  });
});

describe('an entry bundle', () => {
  it('is decoded to what was encoded', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 1000 }), { maxLength: 20 }), (entries) => {
        const bundle = encodeBundle(entries);
        expect(decodeBundle(bundle)).toEqual(entries.map((entry) => Buffer.from(entry)));
        if (bundle.length > 0 && entries.at(-1)!.length > 0) {
          expect(() => decodeBundle(bundle.subarray(0, -1))).toThrow(RangeError);
        }
      }),
    );
  });

  it('takes entries of up to 65,535 bytes', () => {
    expect(decodeBundle(encodeBundle([Buffer.alloc(65_535, 1)]))[0]).toHaveLength(65_535);
    expect(() => encodeBundle([Buffer.alloc(65_536)])).toThrow(RangeError);
    expect(() => decodeBundle(Buffer.of(0))).toThrow(RangeError);
  });
});

function treeOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  return nodeHash(treeOf(leaves.slice(0, leaves.length / 2)), treeOf(leaves.slice(leaves.length / 2)));
}
