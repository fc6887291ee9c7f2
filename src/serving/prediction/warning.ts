import { Prediction } from '../predictor.js';

/** Names the samples that somebody must look at, with their probability; `undefined` when there are none. */
export function warningFor(predictions: readonly Prediction[]): string | undefined {
  const high = predictions.filter(({ risk }) => risk === 'HIGH');
  if (high.length === 0) return undefined;
  const named = high.map(({ sample_id, probability }) => `${sample_id} (probability ${probability.toFixed(3)})`);
  return `${high.length} of ${predictions.length} samples at HIGH risk: ${named.join(', ')}`;
}
