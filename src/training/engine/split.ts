import { errors } from '../../core/index.js';
import { Label } from './columns.js';
import { Random, STREAMS } from './random.js';

/** Row numbers (from 0, ascending) of a training and a test part; together every row exactly once. */
export interface Split {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

export const TEST_SHARE = 0.2;

/**
 * Takes `testShare` of each class for the test, so that both parts keep the ratio of the classes within one
 * row. Both parts hold both classes, therefore a class needs at least two rows.
 */
export function stratifiedSplit(labels: readonly Label[], randomState: number, testShare: number = TEST_SHARE): Split {
  const random = new Random(randomState, STREAMS.split);
  const test: number[] = [];
  const train: number[] = [];
  const quotas = testQuotas(labels, testShare);
  for (const label of [0, 1] as const) {
    const members = labels.flatMap((other, row) => (other === label ? [row] : []));
    const shuffled = random.shuffled(members);
    test.push(...shuffled.slice(0, quotas[label]));
    train.push(...shuffled.slice(quotas[label]));
  }
  const ascending = (a: number, b: number) => a - b;
  return { train: train.sort(ascending), test: test.sort(ascending) };
}

/** Rows of each class in the test; what rounding down leaves over goes to the class that lost more (largest remainder). */
function testQuotas(labels: readonly Label[], testShare: number): readonly [number, number] {
  const ones = labels.filter((label) => label === 1).length;
  const counts = [labels.length - ones, ones] as const;
  const short = counts.findIndex((count) => count < 2);
  if (short >= 0) {
    throw errors.invalid(
      'too-few-rows',
      `a split into training and test rows needs at least 2 rows of each class; class ${short} has ${counts[short]}`,
      'label',
    );
  }
  const exact = counts.map((count) => count * testShare);
  const whole = exact.map(Math.floor);
  const left = Math.round(labels.length * testShare) - whole[0]! - whole[1]!;
  const order = [0, 1].sort((a, b) => exact[b]! - whole[b]! - (exact[a]! - whole[a]!));
  for (const label of order.slice(0, Math.max(0, left))) whole[label]! += 1;
  const within = (label: 0 | 1) => Math.min(counts[label] - 1, Math.max(1, whole[label]!));
  return [within(0), within(1)];
}
