import { errors } from '../../core/index.js';

export type ClassWeight = 'balanced' | 'none';

/** The parameters of a random forest by scikit-learn's names; README.md tells how each is carried out. */
export interface ForestParameters {
  readonly n_estimators: number;
  readonly max_depth: number;
  readonly min_samples_split: number;
  readonly min_samples_leaf: number;
  readonly class_weight: ClassWeight;
  readonly random_state: number;
}

export const DEFAULT_PARAMETERS: ForestParameters = {
  n_estimators: 100,
  max_depth: 5,
  min_samples_split: 10,
  min_samples_leaf: 5,
  class_weight: 'balanced',
  random_state: 42,
};

const RANGES = {
  n_estimators: [1, 1000],
  max_depth: [1, 32],
  min_samples_split: [2, 1_000_000],
  min_samples_leaf: [1, 1_000_000],
  random_state: [0, 0xffffffff],
} as const satisfies Record<Exclude<keyof ForestParameters, 'class_weight'>, readonly [number, number]>;

const CLASS_WEIGHTS: readonly unknown[] = ['balanced', 'none'] satisfies readonly ClassWeight[];

/** Checks what a person or a job asks for; what is left out takes the default, what is unknown is refused. */
export function readParameters(given: unknown = {}): ForestParameters {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw errors.invalid('parameter-invalid', 'parameters must be an object', 'parameters');
  }
  const asked = new Map<string, unknown>(Object.entries(given));
  for (const name of asked.keys()) {
    if (!Object.hasOwn(DEFAULT_PARAMETERS, name)) {
      const known = Object.keys(DEFAULT_PARAMETERS).join(', ');
      throw errors.invalid(
        'parameter-unknown',
        `parameter ${JSON.stringify(name)} is unknown; known are ${known}`,
        name,
      );
    }
  }
  const integer = (name: keyof typeof RANGES) => readInteger(name, asked.get(name));
  return {
    n_estimators: integer('n_estimators'),
    max_depth: integer('max_depth'),
    min_samples_split: integer('min_samples_split'),
    min_samples_leaf: integer('min_samples_leaf'),
    class_weight: readClassWeight(asked.get('class_weight')),
    random_state: integer('random_state'),
  };
}

function readInteger(name: keyof typeof RANGES, value: unknown): number {
  if (value === undefined) return DEFAULT_PARAMETERS[name];
  const [low, high] = RANGES[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
    throw errors.invalid('parameter-invalid', `parameter ${name} must be an integer from ${low} to ${high}`, name);
  }
  return value === 0 ? 0 : value; // -0 would be another model file for the same seed
}

function readClassWeight(value: unknown): ClassWeight {
  if (value === undefined) return DEFAULT_PARAMETERS.class_weight;
  if (!CLASS_WEIGHTS.includes(value)) {
    throw errors.invalid('parameter-invalid', 'parameter class_weight must be "balanced" or "none"', 'class_weight');
  }
  return value as ClassWeight;
}
