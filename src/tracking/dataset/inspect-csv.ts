import { CsvError, parse } from 'csv-parse/sync';
import { brokenQuote, errors, otherSeparator } from '../../core/index.js';
import { Column } from './events.js';

/** The columns lie in one event. Beside its name, each takes at most `{"name":,"type":"integer"},`. */
const COLUMNS_BYTES = 800_000;
const TYPE_BYTES = 30;
const MAX_ROW = 1024 * 1024;

/** Rows and columns of a CSV file with a header. @throws invalid, naming line and column */
export function inspectCsv(bytes: Buffer): { readonly rows: number; readonly columns: readonly Column[] } {
  const text = decode(bytes);
  const separator = otherSeparator(text);
  if (separator)
    throw problem(`line 1: the file looks separated by ${separator}; its values must be separated by commas`);
  const [header, ...rows] = read(text);
  if (!header) throw problem('line 1: the file is empty; a header line and rows are needed');
  const names = header.map((name) => name.trim());
  checkNames(names);
  if (rows.length === 0) throw problem('line 2: there is no row below the header');
  return { rows: rows.length, columns: names.map((name, index) => ({ name, type: typeOf(rows, index) })) };
}

/** The rows below the header, and the header's names; of bytes that were registered, so they are in order. */
export function csvRows(bytes: Buffer): { readonly columns: readonly string[]; readonly rows: readonly string[][] } {
  const [header = [], ...rows] = read(decode(bytes));
  return { columns: header.map((name) => name.trim()), rows };
}

function checkNames(names: readonly string[]): void {
  const bytes = names.reduce((sum, name) => sum + Buffer.byteLength(JSON.stringify(name)) + TYPE_BYTES, 0);
  if (bytes > COLUMNS_BYTES) throw problem(`line 1: the header of ${names.length} columns is too long`);
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (name === '') throw problem(`line 1, column ${index + 1}: the header has no name for this column`);
    if (seen.has(name)) throw problem(`line 1: the header names the column '${name}' twice`);
    seen.add(name);
  }
}

const problem = (message: string) => errors.invalid('bad-csv', message, 'body');

function decode(bytes: Buffer): string {
  const text = utf8(bytes);
  // A NUL is valid UTF-8, but no file of text has one: this is UTF-16, or no text at all.
  const nul = text.indexOf('\0');
  if (nul < 0) return text;
  throw problem(`line ${text.slice(0, nul).split('\n').length}: there is a NUL character; the file must be UTF-8 text`);
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw problem('the file is not UTF-8 text');
  }
}

function read(text: string): string[][] {
  try {
    return parse(text, {
      record_delimiter: ['\r\n', '\n'],
      skip_empty_lines: true,
      max_record_size: MAX_ROW,
    });
  } catch (error) {
    if (error instanceof CsvError) throw problem(told(error as Told, text));
    throw error;
  }
}

type Told = CsvError & {
  readonly lines: number;
  readonly record?: readonly string[];
};

/** In our own words: line, column and what was found, and for quotation marks the line where it began. */
function told({ code, lines, record = [], message }: Told, text: string): string {
  if (code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH') {
    const names = parse(text, { record_delimiter: ['\r\n', '\n'], skip_empty_lines: true, to: 1 })[0] ?? [];
    const feeds = record.reduce((sum, field) => sum + field.split('\n').length - 1, 0);
    const missing = names[record.length]?.trim();
    const where = missing ? `, column ${missing.slice(0, 80)}` : '';
    return `line ${lines - feeds}${where}: the row has ${record.length} values, the header names ${names.length} columns`;
  }
  const quote = brokenQuote(text);
  if (quote && quote.closed === undefined)
    return `line ${quote.opened}: a quotation mark opens a value here and is never closed`;
  if (quote && quote.closed !== quote.opened)
    return `line ${quote.opened}: the quotation mark that opens here closes on line ${quote.closed} in the middle of a value`;
  if (code === 'CSV_MAX_RECORD_SIZE') return `line ${lines}: a row is longer than ${MAX_ROW} characters`;
  if (code.includes('QUOTE'))
    return `line ${lines}: a quotation mark stands inside a value that does not begin with one`;
  return `line ${lines}: ${message}`;
}

function typeOf(rows: readonly string[][], index: number): Column['type'] {
  let type: Column['type'] = 'integer';
  let seen = false;
  for (const row of rows) {
    const value = row[index]!.trim();
    if (value === '') continue;
    seen = true;
    if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) return 'text';
    if (!/^[+-]?\d+$/.test(value)) type = 'number';
  }
  return seen ? type : 'text';
}
