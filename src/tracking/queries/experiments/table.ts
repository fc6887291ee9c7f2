export interface ExperimentRow {
  experiment_id: string;
  /** The id as a number: `10` comes after `9`. */
  number: number;
  name: string;
  artifact_location: string;
  deleted: number;
  /** Unix milliseconds of the server. */
  created: number;
  updated: number;
}
export interface ExperimentTagRow {
  experiment_id: string;
  key: string;
  value: string;
}
export interface ExperimentTables {
  experiments: ExperimentRow;
  experiment_tags: ExperimentTagRow;
}
