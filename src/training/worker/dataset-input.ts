import type { Dataset, DatasetInput } from '../../tracking/index.js';

const COLSPEC = { integer: 'long', number: 'double', text: 'string' } as const;
/** MLflow takes up to 36 characters; half of a SHA-256 tells snapshots apart, the tag has all of it. */
const DIGEST_CHARACTERS = 32;

/** A snapshot as MLflow shows the inputs of a run. */
export function datasetInput({ datasetId, name, sha256, rows, columns }: Dataset): DatasetInput {
  const colspec = columns.map(({ name: column, type }) => ({ type: COLSPEC[type], name: column, required: true }));
  return {
    name,
    digest: sha256.slice(0, DIGEST_CHARACTERS),
    sourceType: 'custody',
    source: JSON.stringify({ dataset_id: datasetId, sha256 }),
    schema: JSON.stringify({ mlflow_colspec: colspec }),
    profile: JSON.stringify({ num_rows: rows, num_elements: rows * columns.length }),
    tags: [
      { key: 'mlflow.data.context', value: 'training' },
      { key: 'custody.dataset_sha256', value: sha256 },
    ],
  };
}
