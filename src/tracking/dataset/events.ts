import { DatasetId, DomainEvent, EventDefinition } from '../../core/index.js';

export interface Column {
  readonly name: string;
  /** What every value of the column is; a column without a value is text. */
  readonly type: 'integer' | 'number' | 'text';
}

export interface Dataset {
  readonly datasetId: DatasetId;
  readonly name: string;
  /** Of the bytes as they came in, lower-case hex. */
  readonly sha256: string;
  readonly size: number;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Where it came from, in the caller's words. */
  readonly source?: string;
}

export type DatasetEvent = DomainEvent<'DatasetRegistered', Dataset>;

export const datasetEvents: readonly EventDefinition[] = [
  {
    type: 'DatasetRegistered',
    summary: 'A snapshot of training data was registered; its bytes are kept under their digest.',
    stream: 'dataset-<data set id>',
    resource: (data) => {
      const { datasetId, name } = data as unknown as Dataset;
      return { kind: 'dataset', id: datasetId, name };
    },
    samples: [
      {
        datasetId: 'd-0f1e2d3c4b5a69788796a5b4c3d2e1f0',
        name: 'LIMS_Synthetic_v1',
        sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        size: 34567,
        rows: 1000,
        columns: [{ name: 'ph_level', type: 'number' }],
        source: 'generator',
      },
    ],
  },
];
