import { Projection } from '../projection/index.js';
import { predictionsProjection } from './queries/predictions/projection.js';

export * from './commands/predict/predict.command.js';
export { type PredictionsMade, servingEvents } from './prediction/events.js';
export * from './predictor.js';
export { GetPrediction, ListPredictions } from './queries/predictions/query.js';
export * from './serving.module.js';

export const servingProjections: readonly Projection[] = [predictionsProjection];
