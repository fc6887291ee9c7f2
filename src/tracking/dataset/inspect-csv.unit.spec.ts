import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CustodyError } from '../../core/index.js';
import { inspectCsv } from './inspect-csv.js';

const inspect = (text: string) => inspectCsv(Buffer.from(text));
const refusal = (bytes: string | Buffer): CustodyError => {
  try {
    inspectCsv(Buffer.from(bytes as string));
  } catch (error) {
    if (error instanceof CustodyError) return error;
    throw error;
  }
  throw new Error('it was taken');
};

describe('inspecting a CSV file', () => {
  it('counts rows and tells what the columns hold', () => {
    expect(inspect('id,ph,note,empty\n1,7.0,ok,\n-2,1e3,"a,b",\n+3,.5,3,\n')).toEqual({
      rows: 3,
      columns: [
        { name: 'id', type: 'integer' },
        { name: 'ph', type: 'number' },
        { name: 'note', type: 'text' },
        { name: 'empty', type: 'text' },
      ],
    });
  });
  it('takes what spreadsheets write: a byte order mark, CRLF, quotes, line breaks in quotes', () => {
    expect(inspect('\ufeff"a","b"\r\n1,"x\r\ny"\r\n2,""""\r\n')).toEqual({
      rows: 2,
      columns: [
        { name: 'a', type: 'integer' },
        { name: 'b', type: 'text' },
      ],
    });
  });
  it('takes a file whose lines end in two ways', () => {
    const columns = [
      { name: 'a', type: 'text' },
      { name: 'b', type: 'integer' },
    ];
    expect(inspect('a,b\nx,2\r\ny,3\n')).toEqual({ rows: 2, columns });
    expect(inspect('a,b\r\nx,2\ny,3\r\n')).toEqual({ rows: 2, columns });
  });
  it('leaves out empty lines, and values that are missing', () => {
    expect(inspect('a,b\n\n1,\n\n,2.5\n')).toEqual({
      rows: 2,
      columns: [
        { name: 'a', type: 'integer' },
        { name: 'b', type: 'number' },
      ],
    });
  });
  it.each(['NaN', '0x10', '1,5', '--1', 'e5', '1_000', '٣'])('takes %s for text', (value) => {
    expect(inspect(`a\n1\n"${value}"\n`).columns).toEqual([{ name: 'a', type: 'text' }]);
  });
  it.each([
    [
      'a row with too many values',
      'a,b\n1,2\n"3\n",4,5\n',
      /^line 3: the row has 3 values, the header names 2 columns/,
    ],
    [
      'a row with too few values',
      'a,b\n1,2\n\n3\n',
      /^line 4, column b: the row has 1 values, the header names 2 columns/,
    ],
    [
      'a stray quote',
      'a,b\n1,2\n3,x"y\n',
      /^line 3: a quotation mark stands inside a value that does not begin with one/,
    ],
    [
      'a quote that never closes',
      'a,b\n1,2\n3,"4\n5,6\n7,8\n',
      /^line 3: a quotation mark opens a value here and is never closed/,
    ],
    [
      'a quote that never closes in a long file',
      `a,b\n1,"2\n${'3,4\n'.repeat(300_000)}`,
      /^line 2: a quotation mark opens a value here and is never closed/,
    ],
    [
      'a quote that closes where another opens',
      'a,b\n1,"2\n3,4\n5,"6"\n',
      /^line 2: the quotation mark that opens here closes on line 4 in the middle of a value/,
    ],
    [
      'values that semicolons separate',
      'a;b;c\n1,5;2;3\n',
      /^line 1: the file looks separated by semicolons; its values must be separated by commas/,
    ],
    ['values that tabs separate', 'a\tb\n1\t2\n', /^line 1: the file looks separated by tabs/],
    ['a NUL character', 'a,b\n1,2\n3,\0\n', /^line 3: there is a NUL/],
    ['an empty file', '', /^line 1: the file is empty/],
    ['empty lines only', '\n\r\n\n', /^line 1: the file is empty/],
    ['a header alone', 'a,b\n', /^line 2: there is no row/],
    ['a column without a name', 'a, ,c\n1,2,3\n', /^line 1, column 2: /],
    ['a column named twice', 'a,b, a\n1,2,3\n', /^line 1: the header names the column 'a' twice/],
    ['a line without end', `a\n${'x'.repeat(1_100_000)}\n`, /^line 2: /],
    [
      'a header that no event has room for',
      `${Array.from({ length: 25_000 }, (_, i) => `c${i}`).join()}\n`,
      /^line 1: the header of 25000 columns/,
    ],
  ])('refuses %s, naming the line', (_what, text, message) => {
    const error = refusal(text);
    expect(error).toMatchObject({ kind: 'invalid', code: 'bad-csv', field: 'body' });
    expect(error.message).toMatch(message);
  });
  it.each([
    ['bytes that are no UTF-8', Buffer.from([0x61, 0x0a, 0xff, 0xfe])],
    ['text in UTF-16', Buffer.from('a\n1\n', 'utf16le').subarray(1)],
    ['an image', Buffer.from('89504e470d0a1a0a', 'hex')],
  ])('refuses %s', (_what, bytes) => {
    expect(refusal(bytes).code).toBe('bad-csv');
  });
  it('answers or refuses, whatever the bytes', () => {
    const csvish = fc.stringMatching(/^[ab1.,"\r\n -]*$/).map((text) => Buffer.from(text));
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(fc.oneof(bytes, csvish), (body) => {
        try {
          const { rows, columns } = inspectCsv(body);
          expect(rows).toBeGreaterThan(0);
          expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
        } catch (error) {
          expect(error).toBeInstanceOf(CustodyError);
        }
      }),
      { numRuns: 2000 },
    );
  });
  it('reads back every table that is written with quotes', () => {
    const cell = fc.stringMatching(/^[a-z0-9 ,"\n]{0,8}$/);
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 9 }),
      );
    const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(table, (rows) => {
        const header = rows[0]!.map((_, index) => `c${index}`);
        const { rows: count, columns } = inspect([header, ...rows].map((row) => row.map(quoted).join()).join('\n'));
        expect(count).toBe(rows.length);
        expect(columns.map(({ name }) => name)).toEqual(header);
      }),
    );
  });
});
