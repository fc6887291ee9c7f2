import { Refusal } from '../../core/index.js';
import { firstProblem, lengthProblem, LIMITS } from '../keys.js';
import { Param, RunTag } from '../run/events.js';
import { bytesOf, EVENT_BYTES } from '../run/sizes.js';

const invalid = (code: string, message: string, field: string): Refusal => ({ kind: 'invalid', code, message, field });

const BAD_CHARACTERS = ['/', ':', '.', '%', '"', "'"];

/** MLflow makes URIs and folders of these names. */
export function modelNameProblem(name: string): Refusal | undefined {
  if (name !== '' && !BAD_CHARACTERS.some((character) => name.includes(character)))
    return lengthProblem('the name', name, LIMITS.loggedModelName, 'name');
  return invalid(
    'invalid-model-name',
    `Invalid model name (${JSON.stringify(name.slice(0, 500))}) provided. Model name must be a non-empty string and cannot contain the following characters: ${BAD_CHARACTERS.join(' ')}`,
    'name',
  );
}

export const modelTypeProblem = (type = ''): Refusal | undefined =>
  lengthProblem('the type', type, LIMITS.loggedModelName, 'model_type');

/** MLflow takes any text for a key here, as far as its column holds it: models bring whatever their library calls it. */
function modelKeyProblem(key: string, field: string): Refusal | undefined {
  if (key === '') return invalid('missing-key', `Missing value for required parameter '${field}'.`, field);
  return lengthProblem('the key', key, LIMITS.loggedModelKey, field);
}

export const modelParamsProblem = (params: readonly Param[]): Refusal | undefined =>
  firstProblem(params, ({ key, value }, index) => {
    const at = `params[${index}].`;
    return modelKeyProblem(key, `${at}key`) ?? lengthProblem('the value', value, LIMITS.loggedModelValue, `${at}value`);
  });

/** With all else of the request they lie in one append, which is hardly more than an event. */
export function modelBytesProblem(params: readonly Param[], tags: readonly RunTag[] = []): Refusal | undefined {
  const bytes = bytesOf([...params, ...tags], EVENT_BYTES);
  if (bytes <= EVENT_BYTES) return undefined;
  const message = `'params' has ${bytes} bytes${tags.length > 0 ? ' with the tags' : ''}, the limit is ${EVENT_BYTES}; log some of them afterwards`;
  return invalid('too-large', message, 'params');
}

/** Tags of one request lie in one event. */
export function modelTagsProblem(tags: readonly RunTag[]): Refusal | undefined {
  const problem = firstProblem(tags, ({ key, value }, index) => {
    const at = `tags[${index}].`;
    return (
      modelKeyProblem(key, `${at}key`) ??
      (typeof value === 'string' ? lengthProblem('the value', value, LIMITS.loggedModelValue, `${at}value`) : undefined)
    );
  });
  if (problem) return problem;
  const bytes = bytesOf(tags, EVENT_BYTES);
  if (bytes <= EVENT_BYTES) return undefined;
  return invalid('too-large', `'tags' has ${bytes} bytes, the limit is ${EVENT_BYTES}`, 'tags');
}
