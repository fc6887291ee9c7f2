/** A sample as it goes to a model: its id, and a number for each of the model's features. */
export interface Sample {
  readonly sample_id: string;
  readonly [feature: string]: string | number;
}

export interface Prediction {
  readonly sample_id: string;
  readonly predicted_class: number;
  readonly probability: number;
  readonly risk: 'LOW' | 'HIGH';
}

export interface LoadedModel {
  /** In the model's own order. */
  readonly features: readonly string[];
  /** One prediction for each sample, in the order of the samples; a pure function of both. */
  predict(samples: readonly Sample[]): readonly Prediction[];
}

/**
 * Makes a model out of the bytes of its file. The bytes may come from anywhere: whoever provides this
 * checks every field and runs nothing that they say. @throws CustodyError when they are no model
 */
export abstract class Predictor {
  abstract load(bytes: Buffer): LoadedModel;
}
