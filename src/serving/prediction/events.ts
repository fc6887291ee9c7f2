import { createHash } from 'node:crypto';
import { DomainEvent, EventDefinition, ModelId, RunId } from '../../core/index.js';
import { Prediction, Sample } from '../predictor.js';

/** Everything that is needed to make the same predictions again and compare. */
export type PredictionsMade = DomainEvent<
  'PredictionsMade',
  {
    readonly predictionId: string;
    readonly modelId: ModelId;
    readonly name: string;
    readonly version: number;
    /** The stage of the version at the time. */
    readonly stage: string;
    readonly runId?: RunId;
    /** Of the model's file. */
    readonly modelSha256: string;
    readonly features: readonly string[];
    readonly samples: readonly SampleValues[];
    /** Of `features` and `samples` as JSON. */
    readonly inputsSha256: string;
    readonly results: readonly Omit<Prediction, 'sample_id'>[];
  }
>;

/** Values in the order of the features. */
export interface SampleValues {
  readonly sample_id: string;
  readonly values: readonly number[];
}

export const valuesOf = (features: readonly string[], samples: readonly Sample[]): readonly SampleValues[] =>
  samples.map((sample) => ({
    sample_id: sample.sample_id,
    values: features.map((feature) => sample[feature] as number),
  }));

export const inputsDigest = (features: readonly string[], samples: readonly SampleValues[]): string =>
  createHash('sha256')
    .update(JSON.stringify({ features, samples: samples.map(({ sample_id, values }) => ({ sample_id, values })) }))
    .digest('hex');

export const predictionsStream = (modelId: ModelId): string => `predictions-${modelId}`;

const modelId = '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c';

export const servingEvents: readonly EventDefinition[] = [
  {
    type: 'PredictionsMade',
    summary:
      'A model version predicted samples; inputs and results are recorded together with the digest of the model.',
    stream: 'predictions-<model id>',
    resource: (data) => {
      const { predictionId, modelId, name, version } = data as unknown as PredictionsMade['data'];
      return {
        kind: 'prediction',
        id: predictionId,
        name: `${name} version ${version}`,
        parents: [
          { kind: 'registered-model', id: modelId },
          { kind: 'model-version', id: `${modelId}/${version}` },
        ],
      };
    },
    samples: [
      {
        predictionId: '0192f0a8f3a47b51ac6e8f7a9b0c1d2e',
        modelId,
        name: 'lims_contamination_detector',
        version: 2,
        stage: 'Production',
        runId: '0192f0a8d1c27b3f8a4d6e5f7a8b9c0d',
        modelSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        features: ['ph_level', 'temperature', 'turbidity', 'processing_time'],
        samples: [{ sample_id: 'TEST003', values: [6.3, 15, 8.5, 6] }],
        inputsSha256: '41c04a2f53ce15ec83c1866943d27f9057a8af7a448adffed4b6960f1d38d1d5',
        results: [{ predicted_class: 1, probability: 0.99, risk: 'HIGH' }],
      },
    ],
  },
];
