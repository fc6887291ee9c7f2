import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ArtifactsCoreModule } from '../artifacts/index.js';
import { RegistryCoreModule } from '../registry/index.js';
import { PredictController } from './commands/predict/predict.controller.js';
import { PredictHandler } from './commands/predict/predict.handler.js';
import { ServedModels } from './prediction/served-models.js';
import { PredictionsController } from './queries/predictions/predictions.controller.js';
import { GetPredictionHandler, ListPredictionsHandler } from './queries/predictions/query.js';

/** Needs a Predictor from outside: what a model file means is the trainer's business. */
@Module({
  imports: [CqrsModule, ArtifactsCoreModule, RegistryCoreModule],
  providers: [ServedModels, PredictHandler, ListPredictionsHandler, GetPredictionHandler],
  controllers: [PredictController, PredictionsController],
})
export class ServingModule {}
