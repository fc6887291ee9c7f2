import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CustodyError } from '../../core/index.js';
import { LIMS_COLUMNS } from './columns.js';
import { CsvProblem, readCsv, requireCsv } from './csv.js';
import { limsText } from './testing/rows.js';

const GOOD = ['S1,7.2,4.0,0.8,2.4,0', 'S2,6.3,15.0,8.5,6.0,1'];
const utf8 = (text: string) => new TextEncoder().encode(text);
const problems = (bytes: Uint8Array, limits?: { rows: number; bytes: number }): readonly CsvProblem[] => {
  const result = readCsv(bytes, LIMS_COLUMNS, limits);
  return result.ok ? [] : result.problems;
};

describe('the CSV reader', () => {
  it('reads rows in the order of the features, whatever the order of the columns', () => {
    const text =
      'is_contaminated,turbidity,ph_level,note,temperature,processing_time,sample_id\n0,0.8,7.2,hello,4,2.4,A\n1,8,6,"x, y",13,5,B\n';
    expect(requireCsv(utf8(text), LIMS_COLUMNS)).toEqual([
      { id: 'A', values: [7.2, 4, 0.8, 2.4], label: 0 },
      { id: 'B', values: [6, 13, 8, 5], label: 1 },
    ]);
  });

  it('takes a byte order mark, carriage returns, blank lines, spaces and exponents', () => {
    const text = `\ufeff${new TextDecoder().decode(limsText('S1, 7.2e0 ,+4,.8,2.4,0', '', 'S2,6.3,15.,-8,6,1'))}`;
    const rows = requireCsv(utf8(text.replaceAll('\n', '\r\n')), LIMS_COLUMNS);
    expect(rows.map((row) => row.values)).toEqual([
      [7.2, 4, 0.8, 2.4],
      [6.3, 15, -8, 6],
    ]);
  });

  it.each<[string, string, string, string]>([
    ['text in a number', 'S3,7.2,warm,0.8,2.4,0', 'temperature', '"warm" is text where a number must be'],
    ['a hexadecimal number', 'S3,0x10,4,0.8,2.4,0', 'ph_level', '"0x10" is text where a number must be'],
    ['NaN', 'S3,7.2,4,NaN,2.4,0', 'turbidity', '"NaN" is not a finite number'],
    ['Infinity', 'S3,7.2,4,0.8,-Infinity,0', 'processing_time', '"-Infinity" is not a finite number'],
    ['a number beyond all bounds', 'S3,7.2,4,0.8,1e999,0', 'processing_time', '"1e999" is too large for a number'],
    ['an empty number', 'S3,,4,0.8,2.4,0', 'ph_level', 'the value is empty'],
    ['another label', 'S3,7.2,4,0.8,2.4,2', 'is_contaminated', 'the label "2" is neither 0 nor 1'],
    ['a label as text', 'S3,7.2,4,0.8,2.4,yes', 'is_contaminated', 'the label "yes" is neither 0 nor 1'],
    ['an empty label', 'S3,7.2,4,0.8,2.4,', 'is_contaminated', 'the label is empty'],
    ['an empty id', ',7.2,4,0.8,2.4,0', 'sample_id', '"" is no sample id (1 to 128 printable characters)'],
    ['too few fields', 'S3,7.2,4', 'turbidity', 'the row has 3 fields, the header 6'],
    ['too many fields', 'S3,7.2,4,0.8,2.4,0,9', '', 'the row has 7 fields, the header 6'],
    ['a stray quotation mark', 'S3,7"2,4,0.8,2.4,0', '', 'a quotation mark stands where none may be'],
    ['an open quotation mark', '"S3,7,4,0.8,2.4,0', '', 'a quotation mark opens a field here and is never closed'],
    [
      'a sample that was there before',
      'S1,7.1,4,0.8,2.4,0',
      'sample_id',
      'the sample id "S1" stands on line 2 already; each sample may be in the file once',
    ],
  ])('names line and column of %s', (_, row, column, reason) => {
    const [problem, ...more] = problems(limsText(GOOD[0]!, row, GOOD[1]!));
    expect(more).toEqual([]);
    expect(problem).toEqual({ line: 3, column, reason });
  });

  it('counts the lines of the file, blank and quoted ones too', () => {
    const header = 'note,sample_id,ph_level,temperature,turbidity,processing_time,is_contaminated';
    const text = `${header}\n"two\nlines",S1,7,4,1,2,0\n\n"again\ntwo",S2,hot,4,1,2,1\n`;
    expect(problems(utf8(text))).toEqual([
      { line: 5, column: 'ph_level', reason: '"hot" is text where a number must be' },
    ]);
  });

  it('lists all that is wrong, in the order of the file', () => {
    expect(problems(limsText('S1,x,4,1,2,7', 'S2,7,4,1,2')).map(({ line, column }) => [line, column])).toEqual([
      [2, 'ph_level'],
      [2, 'is_contaminated'],
      [3, 'is_contaminated'],
    ]);
  });

  it.each([
    ['an empty file', '', 'the file is empty; a header line and samples are needed'],
    [
      'a header alone',
      'sample_id,ph_level,temperature,turbidity,processing_time,is_contaminated\n',
      'the header is followed by no sample',
    ],
  ])('refuses %s', (_, text, reason) => {
    expect(problems(utf8(text))).toEqual([{ line: 1, column: '', reason }]);
  });

  it.each([
    [';', 'semicolons'],
    ['\t', 'tabs'],
  ])('says that %j separates where a comma must', (mark, separator) => {
    const text = new TextDecoder().decode(limsText(...GOOD)).replaceAll(',', mark);
    const reason = `the file looks separated by ${separator}; its values must be separated by commas`;
    expect(problems(utf8(text))).toEqual([{ line: 1, column: '', reason }]);
  });

  it('names the line where a quotation mark opens that closes further on, in the middle of a field', () => {
    expect(problems(limsText(GOOD[0]!, 'S3,"7,4,1,2,0', GOOD[1]!, '"S4",7,4,1,2,0'))).toEqual([
      {
        line: 3,
        column: '',
        reason: 'the quotation mark that opens here closes on line 5 in the middle of a field',
      },
    ]);
  });

  it('names missing and doubled columns at the header', () => {
    expect(problems(utf8('sample_id,ph_level,ph_level,temperature,processing_time\n'))).toEqual([
      { line: 1, column: 'ph_level', reason: 'the header has "ph_level" twice' },
      { line: 1, column: 'turbidity', reason: 'the column is missing' },
      { line: 1, column: 'is_contaminated', reason: 'the column is missing' },
    ]);
  });

  it.each([0, 1] as const)('refuses a file without a sample of class %d', (label) => {
    expect(problems(limsText(GOOD[1 - label]!))).toEqual([
      { line: 1, column: 'is_contaminated', reason: `no sample has ${label}; samples of both classes are needed` },
    ]);
  });

  it('names the line that is not UTF-8', () => {
    const bytes = Uint8Array.from([...limsText(GOOD[0]!), 0x53, 0xff, 0x0a]);
    expect(problems(bytes)).toEqual([{ line: 3, column: '', reason: 'the text is not valid UTF-8' }]);
  });

  it('refuses too many samples at the first that is too much, and too many bytes', () => {
    const limits = { rows: 2, bytes: 10_000 };
    expect(problems(limsText(...GOOD), limits)).toEqual([]);
    expect(problems(limsText(...GOOD, 'nonsense'), limits)).toEqual([
      { line: 4, column: '', reason: 'more than 2 samples' },
    ]);
    expect(problems(limsText(...GOOD), { rows: 2, bytes: 50 })[0]!.reason).toContain('at most 50');
  });

  it('throws a message with the first ten problems and the number of the others', () => {
    const bad = Array.from({ length: 13 }, (_, row) => `S${row},x,4,1,2,0`);
    const read = () => requireCsv(limsText(...bad), LIMS_COLUMNS);
    expect(read).toThrow(
      /^line 2, column ph_level: "x" is text where a number must be; .*line 11, column .*; and 3 more$/,
    );
    expect(read).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'training-data-invalid', field: 'ph_level' }),
    );
  });

  it('throws nothing but CustodyError, whatever the bytes', () => {
    const header = limsText();
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 300 }).map((tail) => Uint8Array.from([...header, ...tail])),
      fc
        .string({ unit: fc.constantFrom('S', '1', ',', '"', '\n', '\r', '.', ' ', 'e', '\u00e9'), maxLength: 200 })
        .map((text) => Uint8Array.from([...header, ...utf8(text)])),
    );
    fc.assert(
      fc.property(bytes, (data) => {
        try {
          requireCsv(data, LIMS_COLUMNS);
        } catch (error) {
          expect(error).toBeInstanceOf(CustodyError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a number of 60,000 digits with a bad end without trying for long', () => {
    expect(problems(limsText(`S1,${'1'.repeat(60_000)}x,4,1,2,0`))[0]!.column).toBe('ph_level');
  });
});
