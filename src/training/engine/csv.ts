import { CsvError, parse } from 'csv-parse/sync';
import { brokenQuote, CustodyError, errors, otherSeparator } from '../../core/index.js';
import { ColumnSpec, LabelledRow } from './columns.js';
import { checkHeader, CsvProblem, Positions, readRow, shown } from './csv-cells.js';

export type { CsvProblem } from './csv-cells.js';

export type CsvResult =
  | { readonly ok: true; readonly rows: readonly LabelledRow[] }
  | { readonly ok: false; readonly problems: readonly CsvProblem[] };

export interface CsvLimits {
  /** Training time grows with the square of the rows. */
  readonly rows: number;
  readonly bytes: number;
}

export const CSV_LIMITS: CsvLimits = { rows: 20_000, bytes: 16 * 1024 * 1024 };

const LISTED = 10;
/** A broken file of many rows must not become a list of as many problems. */
const FOUND = 1000;

interface Line {
  readonly number: number;
  readonly fields: readonly string[];
}

/** Reads labelled samples, or says all that is wrong; a file with one bad row yields no row. */
export function readCsv(bytes: Uint8Array, spec: ColumnSpec, limits: CsvLimits = CSV_LIMITS): CsvResult {
  if (bytes.byteLength > limits.bytes) {
    return failed({
      line: 1,
      column: '',
      reason: `the file has ${bytes.byteLength} bytes; at most ${limits.bytes} are read`,
    });
  }
  const text = decode(bytes);
  if (typeof text !== 'string') return failed(text);
  const separator = otherSeparator(text);
  if (separator) {
    const reason = `the file looks separated by ${separator}; its values must be separated by commas`;
    return failed({ line: 1, column: '', reason });
  }
  const lines = splitLines(text, limits);
  if (!Array.isArray(lines)) return failed(lines);
  const [header, ...body] = lines;
  if (!header)
    return failed({ line: 1, column: '', reason: 'the file is empty; a header line and samples are needed' });
  const positions = checkHeader(header.number, header.fields, spec);
  return 'problems' in positions ? failed(...positions.problems) : readBody(body, positions, spec, limits);
}

/** The same, throwing what is wrong: the message names line and column of the first ten problems. */
export function requireCsv(
  bytes: Uint8Array,
  spec: ColumnSpec,
  limits: CsvLimits = CSV_LIMITS,
): readonly LabelledRow[] {
  const result = readCsv(bytes, spec, limits);
  if (result.ok) return result.rows;
  throw refusal(result.problems);
}

function refusal(problems: readonly CsvProblem[]): CustodyError {
  const listed = problems.slice(0, LISTED).map(({ line, column, reason }) => {
    return column === '' ? `line ${line}: ${reason}` : `line ${line}, column ${column}: ${reason}`;
  });
  const more = problems.length - listed.length;
  if (more > 0) listed.push(`and ${problems.length >= FOUND ? 'at least ' : ''}${more} more`);
  return errors.invalid('training-data-invalid', listed.join('; '), problems[0]?.column || 'data');
}

const failed = (...problems: readonly CsvProblem[]): CsvResult => ({ ok: false, problems });

/** No UTF-8 sequence contains a line feed, so each line can be tried by itself to find the broken one. */
function decode(bytes: Uint8Array): string | CsvProblem {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const valid = (part: Uint8Array): string | undefined => {
    try {
      return decoder.decode(part);
    } catch {
      return undefined;
    }
  };
  const text = valid(bytes);
  if (text !== undefined) return text;
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed;
    if (valid(bytes.subarray(start, end)) === undefined) break;
    start = end + 1;
  }
  return { line, column: '', reason: 'the text is not valid UTF-8' };
}

function splitLines(text: string, limits: CsvLimits): Line[] | CsvProblem {
  try {
    const records = parse(text, {
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n'],
      max_record_size: 65_536,
      to: limits.rows + 2, // the header, and one row to see that there are too many
    }) as unknown as readonly { readonly info: { readonly lines: number }; readonly record: readonly string[] }[];
    return records.map(({ info, record }) => ({ number: info.lines - feedsIn(record), fields: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return whatBroke(error, text);
  }
}

/** A quoted field may hold line feeds; a row is named by the line that it starts on. */
const feedsIn = (record: readonly string[]): number =>
  record.reduce((feeds, field) => feeds + (field.includes('\n') ? field.split('\n').length - 1 : 0), 0);

function whatBroke(error: CsvError, text: string): CsvProblem {
  const quote = brokenQuote(text);
  if (quote && quote.closed === undefined)
    return { line: quote.opened, column: '', reason: 'a quotation mark opens a field here and is never closed' };
  if (quote && quote.closed !== quote.opened) {
    const reason = `the quotation mark that opens here closes on line ${quote.closed} in the middle of a field`;
    return { line: quote.opened, column: '', reason };
  }
  const line = (error as CsvError & { readonly lines?: number }).lines ?? 1;
  return { line, column: '', reason: csvReason(error.code) };
}

function csvReason(code: string): string {
  if (code === 'CSV_MAX_RECORD_SIZE') return 'a row is longer than 65536 characters';
  return code.includes('QUOTE') ? 'a quotation mark stands where none may be' : 'this is not CSV';
}

function readBody(body: readonly Line[], positions: Positions, spec: ColumnSpec, limits: CsvLimits): CsvResult {
  const beyond = body[limits.rows];
  if (beyond) return failed({ line: beyond.number, column: '', reason: `more than ${limits.rows} samples` });
  const rows: LabelledRow[] = [];
  const problems: CsvProblem[] = [];
  // A sample that stands in the file twice could be trained on and tested with, which makes a model look better than it is.
  const seen = new Map<string, number>();
  for (const { number, fields } of body) {
    const row = readRow(number, fields, positions, spec);
    if ('problems' in row) problems.push(...row.problems);
    else {
      const first = seen.get(row.id);
      if (first !== undefined) problems.push({ line: number, column: spec.id, reason: repeatedId(row.id, first) });
      else seen.set(row.id, number);
      rows.push(row);
    }
    if (problems.length >= FOUND) break;
  }
  if (problems.length === 0) problems.push(...checkClasses(rows, spec));
  return problems.length > 0 ? failed(...problems) : { ok: true, rows };
}

const repeatedId = (id: string, first: number): string =>
  `the sample id ${shown(id)} stands on line ${first} already; each sample may be in the file once`;

/** A problem of the whole file stands at its header. */
function checkClasses(rows: readonly LabelledRow[], spec: ColumnSpec): CsvProblem[] {
  if (rows.length === 0) return [{ line: 1, column: '', reason: 'the header is followed by no sample' }];
  return ([0, 1] as const)
    .filter((label) => !rows.some((row) => row.label === label))
    .map((label) => ({
      line: 1,
      column: spec.label,
      reason: `no sample has ${label}; samples of both classes are needed`,
    }));
}
