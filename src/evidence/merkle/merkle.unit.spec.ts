import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactTree, EMPTY_ROOT, leafHash, nodeHash } from './index.js';
import { consistencyProof, inclusionProof, ReadHash, readingAhead, rootOf } from './proving.js';
import { verifyConsistency, verifyInclusion } from './verifying.js';

const hex = (buffer: Buffer): string => buffer.toString('hex');

/** RFC 6962 §2.1 word for word: slow, and independent of what is tested. */
function mth(leaves: readonly Buffer[]): Buffer {
  const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0]!;
  let split = 1;
  while (split < leaves.length / 2) split *= 2;
  return sha256(Buffer.of(1), mth(leaves.slice(0, split)), mth(leaves.slice(split)));
}

const MAX = 300;
const leaves = Array.from({ length: MAX }, (_, index) => leafHash(Buffer.from(`entry ${index}`)));
const roots = Array.from({ length: MAX + 1 }, (_, size) => mth(leaves.slice(0, size)));
const read: ReadHash = (level, index) => mth(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
const sizes = fc.integer({ min: 1, max: MAX });

describe('hashing', () => {
  it('agrees with the published hashes of a leaf, a node and nothing', () => {
    expect(hex(leafHash(Buffer.from('L123456')))).toBe(
      '395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56',
    );
    expect(hex(leafHash(Buffer.alloc(0)))).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(hex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    // The published node vector hashes two texts that are no hashes; the prefix is what it shows.
    const node = createHash('sha256').update(Buffer.from('\x01N123N456', 'latin1')).digest('hex');
    expect(node).toBe('aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb');
    expect(hex(nodeHash(leaves[0]!, leaves[1]!))).toBe(hex(mth(leaves.slice(0, 2))));
  });

  it('hashes entries of any length, also after a longer one', () => {
    const long = Buffer.alloc(200_000, 7);
    for (const entry of [long, Buffer.alloc(65_535, 8), Buffer.of(1), long]) {
      expect(hex(leafHash(entry))).toBe(createHash('sha256').update(Buffer.of(0)).update(entry).digest('hex'));
    }
  });

  it('makes no node of anything but two hashes', () => {
    expect(() => nodeHash(Buffer.alloc(31), Buffer.alloc(32))).toThrow(RangeError);
  });
});

describe('a growing tree', () => {
  it('has the roots of the classic eight leaves of Certificate Transparency', () => {
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const tree = CompactTree.empty();
    const found = inputs.map((input) => {
      tree.append(leafHash(Buffer.from(input, 'hex')));
      return hex(tree.root());
    });
    expect(found).toEqual([
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]);
  });

  it('has the root of the definition at every size, and so has one that goes on from its right edge', () => {
    let tree = CompactTree.empty();
    expect(hex(tree.root())).toBe(hex(roots[0]!));
    leaves.forEach((leaf, index) => {
      tree = CompactTree.of(tree.size, tree.hashes());
      tree.append(leaf);
      expect([tree.size, hex(tree.root())]).toEqual([index + 1, hex(roots[index + 1]!)]);
    });
  });

  it('tells every complete subtree once, with its hash', () => {
    const seen: string[] = [];
    const tree = CompactTree.empty();
    for (const leaf of leaves) {
      tree.append(leaf, (level, index, hash) => {
        seen.push(`${level}/${index}`);
        expect(hex(hash)).toBe(hex(read(level, index)));
      });
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe([1, 2, 3, 4, 5, 6, 7, 8].reduce((sum, level) => sum + Math.floor(MAX / 2 ** level), 0));
  });

  it('is refused from a right edge of another size', () => {
    expect(() => CompactTree.of(3, [leaves[0]!])).toThrow(RangeError);
    expect(() => CompactTree.of(-1, [])).toThrow(RangeError);
    expect(() => CompactTree.of(1.5, [leaves[0]!])).toThrow(RangeError);
  });
});

describe('an inclusion proof', () => {
  const prove = (index: number, size: number) => ({
    leaf: leaves[index]!,
    index,
    size,
    hashes: inclusionProof(index, size, read),
    root: roots[size]!,
  });

  it('verifies for every leaf of every size up to 64, and for the ends and the middle of every size up to 300', () => {
    for (let size = 1; size <= MAX; size++) {
      const all = Array.from({ length: size }, (_, index) => index);
      const some = size <= 64 ? all : [0, 1, size >> 1, size - 2, size - 1];
      for (const index of some) expect([index, size, verifyInclusion(prove(index, size))]).toEqual([index, size, true]);
      expect(hex(rootOf(size, read))).toBe(hex(roots[size]!));
    }
  });

  it('fails with any other leaf, index, size, root or number of hashes, and with any bit of a hash flipped', () => {
    const flip = (hash: Buffer, bit: number) => {
      const copy = Buffer.from(hash);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      return copy;
    };
    const other = fc.integer({ min: 0, max: MAX });
    fc.assert(
      fc.property(sizes, other, other, fc.integer({ min: 0, max: 255 }), (size, random, another, bit) => {
        const index = random % size;
        const good = prove(index, size);
        const { hashes } = good;
        const bad = [
          { ...good, leaf: flip(good.leaf, bit) },
          { ...good, root: flip(good.root, bit) },
          { ...good, hashes: [...hashes, leaves[0]!] },
          ...hashes.map((hash, at) => ({ ...good, hashes: hashes.with(at, flip(hash, bit)) })),
          ...hashes.map((_, at) => ({ ...good, hashes: hashes.toSpliced(at, 1) })),
          ...(another !== index ? [{ ...good, index: another }] : []),
          { ...good, index: size },
          { ...good, index: -1 },
          { ...good, size: index },
          { ...good, size: Infinity },
          { ...good, leaf: good.leaf.subarray(1) },
        ];
        expect(bad.map(verifyInclusion)).toEqual(bad.map(() => false));
      }),
      { numRuns: 200 },
    );
  });

  it('is of no leaf that the tree does not have', () => {
    for (const index of [-1, 5, 1.5, NaN]) expect(() => inclusionProof(index, 5, read)).toThrow(RangeError);
  });

  it('is the same when its hashes come later', async () => {
    const later = (level: number, index: number) => Promise.resolve(read(level, index));
    for (const size of [1, 2, 7, 200, 300]) {
      const found = await readingAhead((hashes) => inclusionProof(size >> 1, size, hashes), later);
      expect(found).toEqual(inclusionProof(size >> 1, size, read));
    }
  });
});

describe('a consistency proof', () => {
  const prove = (first: number, second: number) => ({
    first,
    firstRoot: roots[first]!,
    second,
    secondRoot: roots[second]!,
    hashes: consistencyProof(first, second, read),
  });

  it('verifies between all sizes up to 64, and between each size up to 300 and some before it', () => {
    for (let second = 1; second <= MAX; second++) {
      const all = Array.from({ length: second }, (_, index) => index + 1);
      const some = second <= 64 ? all : [1, 2, 3, 64, second >> 1, second - 1, second];
      for (const first of some) {
        expect([first, second, verifyConsistency(prove(first, second))]).toEqual([first, second, true]);
      }
    }
  });

  it('fails with any other root, size or hash', () => {
    fc.assert(
      fc.property(sizes, sizes, fc.integer({ min: 1, max: 255 }), (one, two, change) => {
        const good = prove(Math.min(one, two), Math.max(one, two));
        const altered = (hash: Buffer) => hash.map((byte) => byte ^ change) as Buffer;
        const { hashes } = good;
        const bad = [
          { ...good, firstRoot: altered(good.firstRoot) },
          { ...good, secondRoot: altered(good.secondRoot) },
          { ...good, hashes: [...hashes, leaves[0]!] },
          ...hashes.map((hash, at) => ({ ...good, hashes: hashes.with(at, altered(hash)) })),
          ...hashes.map((_, at) => ({ ...good, hashes: hashes.toSpliced(at, 1) })),
          { ...good, second: good.first - 1 },
          { ...good, first: good.second + 1 },
          { ...good, first: 0 },
        ];
        expect(bad.map(verifyConsistency)).toEqual(bad.map(() => false));
      }),
      { numRuns: 300 },
    );
  });

  it('of a tree to itself is empty, and from an empty tree there is none to verify', () => {
    expect(consistencyProof(5, 5, read)).toEqual([]);
    expect(consistencyProof(0, 5, read)).toEqual([]);
    expect(verifyConsistency({ ...prove(1, 5), first: 0, firstRoot: EMPTY_ROOT, hashes: [] })).toBe(false);
    expect(verifyConsistency({ ...prove(5, 5), firstRoot: roots[4]! })).toBe(false);
    expect(() => consistencyProof(6, 5, read)).toThrow(RangeError);
  });
});
