import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CustodyError, errors, hexId } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { ModelReader, ResolvedVersion } from '../../../registry/index.js';
import { inputsDigest, PredictionsMade, predictionsStream, valuesOf } from '../../prediction/events.js';
import { ModelUri, parseModelUri } from '../../prediction/model-uri.js';
import { MAX_SAMPLES, readSamples } from '../../prediction/samples.js';
import { ServedModels } from '../../prediction/served-models.js';
import { warningFor } from '../../prediction/warning.js';
import { Predict, PredictResult } from './predict.command.js';

@CommandHandler(Predict)
export class PredictHandler implements ICommandHandler<Predict> {
  constructor(
    private readonly models: ModelReader,
    private readonly served: ServedModels,
    private readonly decisions: DecisionMaker,
  ) {}

  /** Answers only what has been recorded. */
  async execute({ context, input }: Predict): Promise<PredictResult> {
    checkCount(input.samples);
    const version = await this.resolve(parseModelUri(input.model));
    const { model, sha256: modelSha256 } = await this.served.load(version);
    const { features } = model;
    const samples = readSamples(input.samples, features);
    const predictions = model.predict(samples);
    const values = valuesOf(features, samples);
    const event: PredictionsMade = {
      type: 'PredictionsMade',
      data: {
        predictionId: context.idempotencyKey === undefined ? hexId() : hexId('prediction', context.idempotencyKey),
        ...identityOf(version),
        modelSha256,
        features,
        samples: values,
        inputsSha256: inputsDigest(features, values),
        results: predictions.map(({ predicted_class, probability, risk }) => ({ predicted_class, probability, risk })),
      },
    };
    await this.decisions.record(predictionsStream(version.modelId), [event], context);
    const { predictionId, name, stage, inputsSha256 } = event.data;
    const warning = warningFor(predictions);
    return { predictionId, name, version: version.version, stage, modelSha256, inputsSha256, predictions, warning };
  }

  private async resolve({ name, selector }: ModelUri): Promise<ResolvedVersion> {
    try {
      return await this.models.resolve(name, selector);
    } catch (error) {
      if (!(error instanceof CustodyError && error.code === 'no-version-in-stage')) throw error;
      throw errors.notFound(
        error.code,
        `${error.message}: move one there (model-versions/transition-stage), or name a version, like models:/${name}/1`,
        'model',
      );
    }
  }
}

const identityOf = ({ modelId, name, version, stage, runId }: ResolvedVersion) => ({
  modelId,
  name,
  version,
  stage,
  ...(runId === undefined ? {} : { runId }),
});

function checkCount({ length }: readonly unknown[]): void {
  if (length === 0) throw errors.invalid('samples-empty', 'samples must hold at least one sample', 'samples');
  if (length > MAX_SAMPLES) {
    throw errors.tooLarge(
      'samples-too-many',
      `samples may hold at most ${MAX_SAMPLES} samples, here are ${length}`,
      'samples',
    );
  }
}
