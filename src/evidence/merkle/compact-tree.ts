import { EMPTY_ROOT, nodeHash } from './hashing.js';
import { assertSize, half, isOdd, levelsOf } from './size.js';

/** Told of every complete subtree as it comes to be: level 1 and up. */
export type OnNode = (level: number, index: number, hash: Buffer) => void;

/**
 * A tree that only grows, held by its right edge: the roots of its complete subtrees, at most 53 hashes
 * however many leaves there are. Enough for its own root and every later one.
 */
export class CompactTree {
  private constructor(
    private leaves: number,
    private readonly edge: Buffer[],
  ) {}

  static empty(): CompactTree {
    return new CompactTree(0, []);
  }

  /** @throws RangeError when that many hashes are no right edge of a tree of that size */
  static of(size: number, hashes: readonly Buffer[]): CompactTree {
    assertSize(size);
    if (hashes.length !== levelsOf(size).length) throw new RangeError(`${hashes.length} hashes are no tree of ${size}`);
    return new CompactTree(size, [...hashes]);
  }

  get size(): number {
    return this.leaves;
  }

  /** Roots of the complete subtrees, the largest first. */
  hashes(): readonly Buffer[] {
    return [...this.edge];
  }

  append(leaf: Buffer, onNode?: OnNode): void {
    let [level, index, hash] = [0, this.leaves, leaf];
    for (; isOdd(index); index = half(index)) {
      hash = nodeHash(this.edge.pop()!, hash);
      onNode?.(++level, half(index), hash);
    }
    this.edge.push(hash);
    this.leaves += 1;
  }

  root(): Buffer {
    if (this.edge.length === 0) return EMPTY_ROOT;
    return this.edge.reduceRight((right, left) => nodeHash(left, right));
  }
}
