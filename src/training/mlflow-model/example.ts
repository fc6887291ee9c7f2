import type { DataProfile } from '../engine/index.js';

export const EXAMPLE_FILE = 'input_example.json';
export const SERVING_EXAMPLE_FILE = 'serving_input_example.json';

/** The first rows of the training data, without the samples' ids and labels, as MLflow's `split` orientation has them. */
export function exampleFiles({ features, firstRows }: DataProfile): Readonly<Record<string, string>> {
  const split = { columns: features, data: firstRows.map((row) => features.map((feature) => row[feature]!)) };
  return {
    [EXAMPLE_FILE]: JSON.stringify(split),
    [SERVING_EXAMPLE_FILE]: JSON.stringify({ dataframe_split: split }),
  };
}
