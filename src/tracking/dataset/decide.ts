import { accept, DatasetId, Decider, refuse } from '../../core/index.js';
import { Dataset, DatasetEvent } from './events.js';

export type DatasetCommand = { readonly type: 'register' } & Dataset;

export const datasetStream = (id: DatasetId): string => `dataset-${id}`;

/** A snapshot is registered once; the same bytes under the same name are the same snapshot. */
export const datasetDecider: Decider<Dataset | undefined, DatasetCommand, DatasetEvent> = {
  initial: undefined,
  evolve: (_, { data }) => data,
  decide: ({ type: _, ...dataset }, state) => {
    if (state === undefined) return accept({ type: 'DatasetRegistered', data: dataset });
    if (state.sha256 === dataset.sha256 && state.name === dataset.name) return accept();
    return refuse(
      'already-exists',
      'dataset-exists',
      `data set ${dataset.datasetId} is already registered with other bytes`,
      'name',
    );
  },
};
