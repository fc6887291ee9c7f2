/** Tree sizes go beyond 32 bits, so there is no bit arithmetic on them here: doubles are exact up to 2^53. */
export function assertSize(size: number, what = 'tree size'): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`${what} ${size} is no number of leaves`);
}

export const isOdd = (value: number): boolean => value % 2 === 1;
export const half = (value: number): number => Math.floor(value / 2);

/** The largest power of two that is strictly smaller: where RFC 6962 splits a tree of more than one leaf. */
export function splitOf(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** Levels of the complete subtrees that a tree of this size is made of, from left to right. */
export function levelsOf(size: number): readonly number[] {
  const levels: number[] = [];
  for (let level = 0, rest = size; rest > 0; level++, rest = half(rest)) if (isOdd(rest)) levels.unshift(level);
  return levels;
}
