import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../../core/index.js';
import { Prediction } from '../../predictor.js';

export interface PredictInput {
  /** `models:/<name>/<stage or version>` */
  readonly model: string;
  /** Objects with `sample_id` and a number for each feature. */
  readonly samples: readonly unknown[];
}

export interface PredictResult {
  readonly predictionId: string;
  readonly name: string;
  readonly version: number;
  readonly stage: string;
  readonly modelSha256: string;
  readonly inputsSha256: string;
  readonly predictions: readonly Prediction[];
  readonly warning?: string;
}

export class Predict extends Command<PredictResult> {
  constructor(
    readonly context: CommandContext,
    readonly input: PredictInput,
  ) {
    super();
  }
}
