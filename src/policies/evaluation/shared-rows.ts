import { csvRows } from '../../tracking/index.js';

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** How many rows two tables share, by which columns. */
export interface SharedRows {
  readonly shared: number;
  readonly columns: readonly string[];
  readonly problem?: string;
}

/** The bytes of registered CSV files; no second one where one table is looked at by itself. */
export interface Tables {
  readonly training: Uint8Array;
  readonly testing?: Uint8Array;
  readonly by: readonly string[];
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** 7 and 7.0 are the same measurement. */
const plain = (text: string): string => (NUMBER.test(text.trim()) ? String(Number(text)) : text.trim());

const keysOf = ({ columns, rows }: Table, by: readonly string[]): readonly string[] => {
  const places = by.map((name) => columns.indexOf(name));
  return rows.map((row) => JSON.stringify(places.map((place) => plain(row[place]!))));
};

/** Counts rows of the test data that are in the training data too; of one table, rows that are in it more than once. */
export function sharedRows(training: Table, testing: Table | undefined, by: readonly string[]): SharedRows {
  const other = testing ?? training;
  const both = training.columns.filter((name) => other.columns.includes(name));
  const unknown = by.find((name) => !both.includes(name));
  if (unknown !== undefined) return { shared: 0, columns: [], problem: `there is no column ${unknown} in both` };
  const columns = by.length > 0 ? by : both;
  if (columns.length === 0) return { shared: 0, columns, problem: 'they have no column in common' };
  const keys = keysOf(training, columns);
  if (!testing) return { shared: keys.length - new Set(keys).size, columns };
  const known = new Set(keys);
  return { shared: keysOf(testing, columns).filter((key) => known.has(key)).length, columns };
}

export function sharedInCsv({ training, testing, by }: Tables): SharedRows {
  const table = (bytes: Uint8Array) => csvRows(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return sharedRows(table(training), testing && table(testing), by);
}
