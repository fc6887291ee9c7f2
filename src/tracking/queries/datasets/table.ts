export interface DatasetRow {
  dataset_id: string;
  name: string;
  sha256: string;
  size: number;
  rows: number;
  /** JSON. */
  columns: string;
  source: string;
  /** Unix milliseconds of the server. */
  registered: number;
}
export interface DatasetTables {
  datasets: DatasetRow;
}
