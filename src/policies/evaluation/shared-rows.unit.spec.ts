import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sharedRows } from './shared-rows.js';

const table = (columns: string[], ...rows: string[][]) => ({ columns, rows });

describe('rows that training and test data share', () => {
  it('are the same when all columns that both have are', () => {
    const training = table(['id', 'ph', 'lab'], ['1', '7.0', 'A'], ['2', '6', 'A']);
    const testing = table(['ph', 'id'], ['7', '1'], ['7', '2'], ['6.00', '2']);
    expect(sharedRows(training, testing, [])).toEqual({ shared: 2, columns: ['id', 'ph'] });
  });
  it('are the same by the columns that are asked for', () => {
    const training = table(['id', 'ph'], ['1', '7'], ['2', '6']);
    expect(sharedRows(training, table(['id', 'ph'], ['1', '9'], ['3', '6']), ['id'])).toEqual({
      shared: 1,
      columns: ['id'],
    });
  });
  it('can’t be told without such a column', () => {
    const training = table(['id'], ['1']);
    expect(sharedRows(training, table(['ph'], ['1']), [])).toMatchObject({ problem: 'they have no column in common' });
    expect(sharedRows(training, table(['id'], ['1']), ['x'])).toMatchObject({
      problem: 'there is no column x in both',
    });
  });
  it('are not mixed up by where one value ends', () =>
    expect(sharedRows(table(['a', 'b'], ['x,', 'y']), table(['a', 'b'], ['x', ',y']), []).shared).toBe(0));
  it('of one table are its duplicates', () =>
    expect(sharedRows(table(['a'], ['1'], ['1.0'], ['1'], ['2']), undefined, []).shared).toBe(2));

  it('are none exactly when no test row is a training row', () =>
    fc.assert(
      fc.property(fc.array(fc.nat(20)), fc.array(fc.nat(20)), (a, b) => {
        const of = (numbers: number[]) => table(['n'], ...numbers.map((n) => [String(n)]));
        expect(sharedRows(of(a), of(b), []).shared).toBe(b.filter((n) => a.includes(n)).length);
      }),
    ));
});
