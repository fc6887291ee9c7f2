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
export interface InputTextRow {
  run_id: string;
  sha256: string;
  part: number;
  text: string;
}
export interface InputRow {
  run_id: string;
  name: string;
  digest: string;
  /** JSON of the data set input. */
  input: string;
}
/** `user`, `tag:<key>` or `input:<name>\n<digest>` of a run holds what was sealed under the subject's key. */
export interface RunPersonalRow {
  run_id: string;
  place: string;
  subject: string;
}
export interface RunModelRow {
  run_id: string;
  /** The run used the logged model, or made it. */
  role: 'input' | 'output';
  model_id: string;
  /** 0 for inputs. */
  step: number;
}
/** Which data sets, in which role, the runs of an experiment used. */
export interface ExperimentDatasetRow {
  experiment_id: string;
  name: string;
  digest: string;
  /** The tag `mlflow.data.context`; empty without it. */
  context: string;
}
export interface RunTables {
  runs: RunRow;
  params: ParamRow;
  run_tags: ParamRow;
  metrics: MetricRow;
  latest_metrics: MetricRow;
  inputs: InputRow;
  input_texts: InputTextRow;
  run_models: RunModelRow;
  run_personal: RunPersonalRow;
  experiment_datasets: ExperimentDatasetRow;
}
