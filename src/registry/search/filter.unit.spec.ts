import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CustodyError } from '../../core/index.js';
import { parseFilter } from './filter.js';
import { parseOrder } from './order.js';
import { offsetOf, pageOf, pageToken } from './page.js';

const VOCABULARY = { texts: ['name', 'run_id'], lists: ['run_id'], numbers: ['version_number'] };
const parse = (filter: string | undefined) => parseFilter(filter, VOCABULARY);

describe('a filter', () => {
  it('may be absent', () => expect([parse(undefined), parse(''), parse('  ')]).toEqual([[], [], []]));

  it.each([
    ["name='a b'", [{ kind: 'text', key: 'name', comparator: '=', value: 'a b' }]],
    ['name = "x"', [{ kind: 'text', key: 'name', comparator: '=', value: 'x' }]],
    ["attribute.name LIKE '%x%'", [{ kind: 'text', key: 'name', comparator: 'LIKE', value: '%x%' }]],
    ["name ilike 'X%'", [{ kind: 'text', key: 'name', comparator: 'ILIKE', value: 'X%' }]],
    ["name <> 'x'", [{ kind: 'text', key: 'name', comparator: '!=', value: 'x' }]],
    ['version_number >= 3', [{ kind: 'number', key: 'version_number', comparator: '>=', value: 3 }]],
    ["run_id IN ('a', 'b')", [{ kind: 'list', key: 'run_id', negated: false, values: ['a', 'b'] }]],
    ["run_id NOT IN ('a')", [{ kind: 'list', key: 'run_id', negated: true, values: ['a'] }]],
    [
      "tags.`mlflow.prompt.is_prompt` != 'true'",
      [{ kind: 'tag', key: 'mlflow.prompt.is_prompt', comparator: '!=', value: 'true' }],
    ],
    ["tag.mlflow.note = ''", [{ kind: 'tag', key: 'mlflow.note', comparator: '=', value: '' }]],
    [
      "name='x' and run_id='y AND z'",
      [
        { kind: 'text', key: 'name', comparator: '=', value: 'x' },
        { kind: 'text', key: 'run_id', comparator: '=', value: 'y AND z' },
      ],
    ],
  ])('%s is understood', (filter, clauses) => expect(parse(filter)).toEqual(clauses));

  it.each([
    "name='x' OR name='y'",
    "(name='x')",
    "stage='x'",
    "metrics.a='x'",
    'name=x',
    "name='x",
    "name > 'x'",
    "name IN ('x')",
    'run_id IN ()',
    "run_id IN ('a'",
    "run_id NOT 'a'",
    "version_number='x'",
    'version_number LIKE 3',
    "name='x' AND",
    "AND name='x'",
    "name='x'; DROP TABLE x",
    "name='x' name='y'",
    '=',
    `name='${'x'.repeat(10_000)}'`,
  ])('%s is refused and the field named', (filter) => {
    expect(() => parse(filter)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'filter-invalid', field: 'filter' }),
    );
  });

  it('is understood or refused, never more', () => {
    const part = fc.constantFrom(
      'name',
      ' ',
      '=',
      "'x'",
      'AND',
      'IN',
      '(',
      ')',
      ',',
      '`',
      '"',
      "'",
      'tags.',
      '.',
      'LIKE',
      '3',
      '\u0000',
      '--',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        try {
          parse(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(CustodyError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an order', () => {
  const columns = { name: 'n', timestamp: 'u', last_updated_timestamp: 'u' } as const;
  it('has a direction', () =>
    expect(parseOrder(['name DESC', 'timestamp'], columns)).toEqual([
      { column: 'n', direction: 'desc' },
      { column: 'u', direction: 'asc' },
    ]));
  it.each([
    [['x']],
    [['name; --']],
    [['constructor']],
    [['name UP']],
    [['']],
    [['name', 'name DESC']],
    [['timestamp', 'last_updated_timestamp']],
  ])('%j is refused', (order) =>
    expect(() => parseOrder(order, columns)).toThrow(expect.objectContaining({ kind: 'invalid', field: 'order_by' })),
  );
});

describe('a page', () => {
  it('leads to the next one as long as there is more', () => {
    const all = [1, 2, 3, 4, 5];
    const read = (token: string | undefined) =>
      pageOf(all.slice(offsetOf(token), offsetOf(token) + 3), offsetOf(token), 2);
    const first = read(undefined);
    const second = read(first.nextPageToken);
    const third = read(second.nextPageToken);
    expect([first.items, second.items, third.items, third.nextPageToken]).toEqual([[1, 2], [3, 4], [5], undefined]);
  });
  it.each(['x', '1', pageToken(-1), Buffer.from('{"offset":1.5}').toString('base64url'), pageToken(1) + 'e30'])(
    'takes %j for no token',
    (token) => expect(() => offsetOf(token)).toThrow(expect.objectContaining({ kind: 'invalid', field: 'page_token' })),
  );
});
