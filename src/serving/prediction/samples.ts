import { errors } from '../../core/index.js';
import { Sample } from '../predictor.js';

/** So that all inputs and results fit into one event, whatever characters the ids have. */
export const MAX_SAMPLES = 1000;
const MAX_ID = 100;

/** The first bad sample is named by index and field, and then none is predicted. Other fields are left out. */
export function readSamples(samples: readonly unknown[], features: readonly string[]): readonly Sample[] {
  return samples.map((sample, index) => readSample(sample, features, `samples[${index}]`));
}

function readSample(sample: unknown, features: readonly string[], where: string): Sample {
  if (typeof sample !== 'object' || sample === null || Array.isArray(sample)) throw refused(where, 'must be an object');
  const field = (name: string): unknown =>
    Object.hasOwn(sample, name) ? (sample as Record<string, unknown>)[name] : undefined;
  const id = field('sample_id');
  if (typeof id !== 'string' || id.trim() === '' || id.length > MAX_ID || /\p{Cc}/u.test(id) || !id.isWellFormed()) {
    throw refused(`${where}.sample_id`, `must be a text of 1 to ${MAX_ID} characters`);
  }
  const values = features.map((feature) => [feature, number(field(feature), `${where}.${feature}`)] as const);
  return { ...Object.fromEntries(values), sample_id: id };
}

function number(value: unknown, field: string): number {
  if (value === undefined) throw refused(field, 'is missing');
  if (typeof value !== 'number' || !Number.isFinite(value)) throw refused(field, 'must be a finite number');
  return value;
}

const refused = (field: string, what: string) => errors.invalid('sample-invalid', `${field} ${what}`, field);
