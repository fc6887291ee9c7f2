export interface RunRow {
  run_id: string;
  experiment_id: string;
  name: string;
  status: string;
  start_time: number;
  end_time: number | null;
  deleted: number;
  /** As the client claimed it; empty when it claimed none, `[erased]` when its subject was erased. */
  user: string;
}
export interface ParamRow {
  run_id: string;
  key: string;
  value: string;
}
export interface MetricRow {
  run_id: string;
  key: string;
  timestamp: number;
  step: number;
  /** 0 for NaN, which SQLite can't hold. */
  value: number;
  is_nan: number;
}
export interface InputRow {
  run_id: string;
  name: string;
  digest: string;
  /** JSON of the data set input. */
  input: string;
}
export interface RunTables {
  runs: RunRow;
  params: ParamRow;
  run_tags: ParamRow;
  metrics: MetricRow;
  latest_metrics: MetricRow;
  inputs: InputRow;
}
