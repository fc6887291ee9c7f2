import { ColumnSpec, Label, LabelledRow } from './columns.js';

/** What is wrong in a file, and where: `line` counts the file's lines from 1, `column` is empty where all of them are meant. */
export interface CsvProblem {
  readonly line: number;
  readonly column: string;
  readonly reason: string;
}

interface Faulty {
  readonly problems: readonly CsvProblem[];
}

/** Where each column stands in a row. */
export interface Positions {
  readonly columns: ReadonlyMap<string, number>;
  readonly width: number;
}

const MAX_ID_LENGTH = 128;

/** 1 to 128 characters, not all of them blank, none a control character. */
export const isSampleId = (text: string): boolean =>
  text.length <= MAX_ID_LENGTH && text.trim() !== '' && !/\p{Cc}/u.test(text);

/** Columns besides those of the spec may be there and aren't read; twice the same name may not. */
export function checkHeader(line: number, fields: readonly string[], spec: ColumnSpec): Positions | Faulty {
  const columns = new Map<string, number>();
  const problems: CsvProblem[] = [];
  fields.forEach((field, position) => {
    const name = field.trim();
    if (columns.has(name)) problems.push({ line, column: name, reason: `the header has ${shown(name)} twice` });
    else columns.set(name, position);
  });
  for (const name of [spec.id, ...spec.features, spec.label]) {
    if (!columns.has(name)) problems.push({ line, column: name, reason: 'the column is missing' });
  }
  return problems.length > 0 ? { problems } : { columns, width: fields.length };
}

export function readRow(
  line: number,
  fields: readonly string[],
  { columns, width }: Positions,
  spec: ColumnSpec,
): LabelledRow | Faulty {
  if (fields.length !== width) {
    const column = [...columns].find(([, position]) => position === fields.length)?.[0] ?? '';
    return { problems: [{ line, column, reason: `the row has ${fields.length} fields, the header ${width}` }] };
  }
  const problems: CsvProblem[] = [];
  const cell = <T>(column: string, read: (text: string) => T | Unreadable): T => {
    const value = read(fields[columns.get(column)!]!.trim());
    if (value instanceof Unreadable) problems.push({ line, column, reason: value.reason });
    return value as T; // an unreadable one never leaves this function
  };
  const id = cell(spec.id, readId);
  const values = spec.features.map((feature) => cell(feature, readNumber));
  const label = cell(spec.label, readLabel);
  return problems.length > 0 ? { problems } : { id, values, label };
}

class Unreadable {
  constructor(readonly reason: string) {}
}

const readId = (text: string): string | Unreadable =>
  isSampleId(text)
    ? text
    : new Unreadable(`${shown(text)} is no sample id (1 to ${MAX_ID_LENGTH} printable characters)`);

/** Decimal notation only: what `Number` would make of "", "0x10" or "Infinity" is no measurement. */
function readNumber(text: string): number | Unreadable {
  if (text === '') return new Unreadable('the value is empty');
  if (/^[+-]?(nan|inf(inity)?)$/i.test(text)) return new Unreadable(`${shown(text)} is not a finite number`);
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    return new Unreadable(`${shown(text)} is text where a number must be`);
  }
  const value = Number(text);
  return Number.isFinite(value) ? value : new Unreadable(`${shown(text)} is too large for a number`);
}

function readLabel(text: string): Label | Unreadable {
  if (text === '0') return 0;
  if (text === '1') return 1;
  return new Unreadable(text === '' ? 'the label is empty' : `the label ${shown(text)} is neither 0 nor 1`);
}

export const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
