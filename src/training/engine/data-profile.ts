import { createHash } from 'node:crypto';
import { ColumnSpec, LabelledRow } from './columns.js';

/** What is to be known of a data set before and after training on it. */
export interface DataProfile {
  /** Of the file's bytes, in hex: the snapshot's identity. */
  readonly sha256: string;
  readonly rows: number;
  readonly contaminated: number;
  readonly contaminationRate: number;
  readonly features: readonly string[];
  readonly firstRows: readonly Readonly<Record<string, string | number>>[];
  /** MLflow's `schema` and `profile` of a data set: texts that hold JSON. */
  readonly schema: string;
  readonly profile: string;
}

const FIRST = 5;

export function profileOf(bytes: Uint8Array, rows: readonly LabelledRow[], spec: ColumnSpec): DataProfile {
  const contaminated = rows.filter((row) => row.label === 1).length;
  const columns = [
    colspec('string', spec.id),
    ...spec.features.map((feature) => colspec('double', feature)),
    colspec('long', spec.label),
  ];
  return {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    rows: rows.length,
    contaminated,
    contaminationRate: rows.length === 0 ? 0 : contaminated / rows.length,
    features: spec.features,
    firstRows: rows.slice(0, FIRST).map((row) => asRecord(row, spec)),
    schema: JSON.stringify({ mlflow_colspec: columns }),
    profile: JSON.stringify({ num_rows: rows.length, num_elements: rows.length * columns.length }),
  };
}

/** A column as MLflow's schemas and signatures write it. */
export const colspec = (type: 'string' | 'double' | 'long', name: string) => ({ type, name, required: true }) as const;

const asRecord = (row: LabelledRow, spec: ColumnSpec): Readonly<Record<string, string | number>> =>
  Object.fromEntries<string | number>([
    [spec.id, row.id],
    ...spec.features.map((feature, index) => [feature, row.values[index]!] as const),
    [spec.label, row.label],
  ]);
