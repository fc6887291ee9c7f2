export interface LoggedModelRow {
  model_id: string;
  experiment_id: string;
  name: string;
  /** PENDING, READY or FAILED, as MLflow's filters name them. */
  status: string;
  /** Empty when the client said none, as MLflow has it. */
  model_type: string;
  source_run_id: string;
  artifact_location: string;
  deleted: number;
  /** Unix milliseconds of the server. */
  creation_timestamp: number;
  last_updated_timestamp: number;
}
export interface LoggedModelTextRow {
  model_id: string;
  key: string;
  value: string;
}
/** Every point that was logged with the model's id, in the order of the log. */
export interface LoggedModelMetricRow {
  model_id: string;
  key: string;
  timestamp: number;
  step: number;
  /** 0 for NaN, which SQLite can't hold. */
  value: number;
  is_nan: number;
  run_id: string;
  experiment_id: string;
  dataset_name: string | null;
  dataset_digest: string | null;
}
/** Whose personal data a tag holds. */
export interface LoggedModelPersonalRow {
  model_id: string;
  key: string;
  subject: string;
}
export interface LoggedModelTables {
  logged_model_personal: LoggedModelPersonalRow;
  logged_models: LoggedModelRow;
  logged_model_params: LoggedModelTextRow;
  logged_model_tags: LoggedModelTextRow;
  logged_model_metrics: LoggedModelMetricRow;
}
