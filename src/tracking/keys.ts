import { Refusal } from '../core/index.js';

/**
 * Limits of MLflow's own validation (mlflow/utils/validation.py). Lengths are in characters. Parameters
 * above 6,000 and tags above 8,000 MLflow takes as well, and cuts: here they are kept as they were sent.
 */
export const LIMITS = {
  experimentName: 500,
  experimentTagValue: 20_000,
  key: 250,
  paramValue: 100_000,
  tagValue: 100_000,
  batchMetrics: 1000,
  batchParamsOrTags: 100,
  batchEntities: 1000,
  datasetName: 500,
  datasetDigest: 36,
  datasetSource: 65_535,
  datasetSchema: 1_048_575,
  datasetProfile: 16_777_215,
  inputTagKey: 255,
  inputTagValue: 500,
  batchBytes: 1_000_000,
  loggedModelName: 500,
  loggedModelKey: 255,
  loggedModelValue: 65_535,
  modelsPerRequest: 1000,
} as const;

const invalid = (code: string, message: string, field: string): Refusal => ({ kind: 'invalid', code, message, field });

/** What nearly all keys are, told at a glance: no slash, no other script, no dot in front, short. */
const USUAL_KEY = /^[A-Za-z0-9_][A-Za-z0-9_\-. :]{0,199}$/;

/** Why a metric, parameter or tag may not have this key; `undefined` when it may. */
export function keyProblem(key: string, field: string): Refusal | undefined {
  if (USUAL_KEY.test(key)) return undefined;
  const wrong = (why: string) =>
    invalid(
      'invalid-key',
      `Invalid value ${JSON.stringify(key.slice(0, 260))} for parameter '${field}' supplied: ${why}`,
      field,
    );
  if (key === '') return invalid('missing-key', `Missing value for required parameter '${field}'.`, field);
  if (isLonger(key, LIMITS.key)) return lengthProblem('the key', key, LIMITS.key, field);
  if (!/^[\p{L}\p{N}_\-. :/]+$/u.test(key)) {
    return wrong(
      'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).',
    );
  }
  if (key.startsWith('..') || key.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    return wrong(
      "Names may be treated as files in certain cases: they must not be absolute, begin with '..', be empty between slashes, or hold '.' or '..' as a part",
    );
  }
  return undefined;
}

/** Characters as Python counts them, not UTF-16 units; most texts are short enough without counting. */
const characters = (text: string): number => [...text].length;
const isLonger = (text: string, limit: number): boolean => text.length > limit && characters(text) > limit;

export function lengthProblem(what: string, value: string, limit: number, field: string): Refusal | undefined {
  if (!isLonger(value, limit)) return undefined;
  return invalid(
    'too-long',
    `'${field}' exceeds the maximum length of ${limit} characters: ${what} has ${characters(value)}`,
    field,
  );
}

/** The first problem of a list, with the field's place in it. */
export function firstProblem<T>(
  items: readonly T[],
  check: (item: T, index: number) => Refusal | undefined,
): Refusal | undefined {
  for (const [index, item] of items.entries()) {
    const problem = check(item, index);
    if (problem) return problem;
  }
  return undefined;
}
