export interface Predictions {
  prediction_id: string;
  position: number;
  model_id: string;
  /** The model's name at the time. */
  name: string;
  version: number;
  stage: string;
  run_id: string | null;
  model_sha256: string;
  inputs_sha256: string;
  made_at: number;
  actor_id: string;
  reason: string | null;
  sample_count: number;
  /** JSON: ids of the samples at high risk. */
  high_risk: string;
  /** JSON: `{features, samples, results}` as recorded. */
  details: string;
}

export interface ServingTables {
  predictions: Predictions;
}
