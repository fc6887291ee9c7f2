import { errors } from '../../core/index.js';
import { LoadedModel, Predictor, Sample } from '../predictor.js';

/** A model of one line: `{"features": […], "limit": n}` calls every sample high whose values add up to more. */
export class ThresholdPredictor extends Predictor {
  loads = 0;

  load(bytes: Buffer): LoadedModel {
    this.loads += 1;
    const { features, limit } = parse(bytes);
    const predictOne = (sample: Sample) => {
      const sum = features.reduce((total, feature) => total + (sample[feature] as number), 0);
      const high = sum > limit;
      return {
        sample_id: sample.sample_id,
        predicted_class: high ? 1 : 0,
        probability: sum / (sum + limit),
        risk: high ? ('HIGH' as const) : ('LOW' as const),
      };
    };
    return { features, predict: (samples) => samples.map(predictOne) };
  }
}

function parse(bytes: Buffer): { features: readonly string[]; limit: number } {
  try {
    return JSON.parse(bytes.toString()) as { features: readonly string[]; limit: number };
  } catch {
    throw errors.invalid('model-invalid', 'the model file is not JSON', 'model');
  }
}
