import { Injectable } from '@nestjs/common';
import { LoadedModel, Predictor } from '../serving/index.js';
import { loadModel, predict } from '../training/index.js';

/** Serving asks for predictions, the training engine knows what a model file means; neither knows the other. */
@Injectable()
export class ForestPredictor extends Predictor {
  load(bytes: Buffer): LoadedModel {
    const forest = loadModel(bytes);
    return { features: forest.features, predict: (samples) => predict(forest, samples) };
  }
}
