import { expect, it } from '@jest/globals';
import { DatasetId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { datasetDecider, datasetStream } from './decide.js';
import { Dataset, DatasetEvent } from './events.js';

const { given } = specFor(datasetDecider);
const dataset: Dataset = {
  datasetId: 'd-1' as DatasetId,
  name: 'LIMS',
  sha256: 'a'.repeat(64),
  size: 10,
  rows: 1,
  columns: [{ name: 'a', type: 'integer' }],
};
const registered: DatasetEvent = { type: 'DatasetRegistered', data: dataset };

it('a data set is registered with what was found in it', () => {
  given()
    .when({ type: 'register', ...dataset, source: 'LIMS export' })
    .then({ type: 'DatasetRegistered', data: { ...dataset, source: 'LIMS export' } });
});
it('the same bytes under the same name are the same data set', () => {
  given(registered)
    .when({ type: 'register', ...dataset, source: 'another export' })
    .thenNothing();
});
it('an id never comes to mean other bytes or another name', () => {
  const refusal = { kind: 'already-exists', code: 'dataset-exists' } as const;
  given(registered)
    .when({ type: 'register', ...dataset, sha256: 'b'.repeat(64) })
    .thenRefused(refusal);
  given(registered)
    .when({ type: 'register', ...dataset, name: 'other' })
    .thenRefused(refusal);
  expect(datasetStream(dataset.datasetId)).toBe('dataset-d-1');
});
