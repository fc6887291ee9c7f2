/** What a stream of random numbers is for; each use of one seed gets a stream of its own. */
export const STREAMS = { samples: 1, split: 2, forest: 3 } as const;

/**
 * sfc32 (Chris Doty-Humphrey), seeded with a 32-bit seed and a stream number. Everything drawn here uses
 * 32-bit integer steps, additions and multiplications only, so that the same seed gives the same numbers
 * on every machine and engine: models must be reproducible byte for byte years later. Never change it.
 */
export class Random {
  private a: number;
  private b: number;
  private c = 0x9e3779b9 | 0;
  private counter = 1;

  constructor(seed: number, stream: number) {
    this.a = seed | 0;
    this.b = stream | 0;
    for (let i = 0; i < 20; i++) this.uint32();
  }

  /** 0 to 4294967295. */
  uint32(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** At least 0, less than 1. */
  uniform(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** 0 to `bound - 1`; the bias of the multiplication is below bound / 2³². */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** Near-normal deviate as the sum of twelve uniforms (Irwin–Hall): no logarithm, whose last bit engines may round differently. */
  normal(mean: number, deviation: number): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.uniform();
    return mean + deviation * sum;
  }

  /** A shuffled copy (Fisher–Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const held = result[last]!;
      result[last] = result[other]!;
      result[other] = held;
    }
    return result;
  }
}
