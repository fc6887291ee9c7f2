import { errors } from '../../core/index.js';
import { Label } from './columns.js';
import { isSampleId } from './csv-cells.js';
import { classOf, DEFAULT_THRESHOLD, Forest, probabilityOf } from './forest.js';

export interface Prediction {
  readonly sample_id: string;
  readonly predicted_class: Label;
  /** Share of the trees that vote for contamination. */
  readonly probability: number;
  readonly risk: 'LOW' | 'HIGH';
}

/**
 * Predicts samples `{sample_id, <feature>: number, …}` as they come from a caller; the first bad one is
 * named by index and field, and then none is predicted. Fields that the model doesn't use are left alone.
 */
export function predict(model: Forest, samples: unknown, threshold: number = DEFAULT_THRESHOLD): Prediction[] {
  if (!(threshold > 0 && threshold <= 1)) {
    throw errors.invalid('threshold-invalid', 'threshold must be a number above 0 and at most 1', 'threshold');
  }
  if (!Array.isArray(samples) || samples.length === 0) {
    throw refused('samples', 'must be a list of at least one sample');
  }
  const read = samples.map((sample: unknown, index) => readSample(model.features, sample, `samples[${index}]`));
  return read.map(({ id, values }) => {
    const probability = probabilityOf(model, values);
    return {
      sample_id: id,
      predicted_class: classOf(probability),
      probability,
      risk: probability >= threshold ? 'HIGH' : 'LOW',
    };
  });
}

function readSample(features: readonly string[], sample: unknown, where: string) {
  if (typeof sample !== 'object' || sample === null || Array.isArray(sample)) throw refused(where, 'must be an object');
  const field = (name: string): unknown =>
    Object.hasOwn(sample, name) ? (sample as Readonly<Record<string, unknown>>)[name] : undefined;
  const id = field('sample_id');
  if (typeof id !== 'string' || !isSampleId(id)) throw refused(`${where}.sample_id`, 'must be the text of a sample id');
  const values = features.map((feature) => {
    const value = field(feature);
    if (value === undefined) throw refused(`${where}.${feature}`, 'is missing');
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw refused(`${where}.${feature}`, 'must be a finite number');
    return value;
  });
  return { id, values };
}

const refused = (field: string, what: string) => errors.invalid('sample-invalid', `${field} ${what}`, field);
