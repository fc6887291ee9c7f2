import { errors } from '../../../core/index.js';
import { RequestTrainingInput } from './request-training.command.js';

const MAX_MODEL_NAME = 256;
const MAX_RUN_NAME = 250;
const MAX_TAGS = 80;
const MAX_TAG_VALUE = 8000;
const MAX_KEY = 200;

/** Said by Custody itself about a run that a worker makes: who asked, what trained, on which data. */
const OURS = /^(?:custody\.|mlflow\.user$|mlflow\.runName$|mlflow\.source\.)/;

const invalid = (field: string, why: string) =>
  errors.invalid('invalid-parameter', `Invalid value for parameter '${field}': ${why}`, field);

/** What a later step, in the worker, would refuse. At least as strict as the rooms that will be asked then. */
export function checkRequest({ modelName, runName, tags = {}, requestKey }: RequestTrainingInput): void {
  checkText(modelName, 'registered_model_name', MAX_MODEL_NAME);
  if (/[/:]/.test(modelName) || /^\.{1,2}$/.test(modelName)) {
    throw invalid('registered_model_name', "a model's name can't hold '/' or ':', or be '.' or '..'");
  }
  if (runName !== undefined) checkText(runName, 'run_name', MAX_RUN_NAME);
  if (requestKey !== undefined) checkText(requestKey, 'request_key', MAX_KEY);
  checkTags(tags);
}

function checkTags(tags: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tags);
  if (entries.length > MAX_TAGS) throw invalid('tags', `there are more than ${MAX_TAGS}`);
  for (const [key, value] of entries) {
    const field = `tags.${key.slice(0, MAX_KEY)}`;
    if (!/^[\p{L}\p{N}_\-. :]{1,250}$/u.test(key) || /^\.{1,2}$/.test(key)) {
      throw invalid(field, "the key may hold up to 250 letters, digits, '_', '-', '.', ' ' and ':'");
    }
    if (OURS.test(key)) throw invalid(field, 'this is recorded by Custody itself');
    if (typeof value !== 'string') throw invalid(field, 'the value must be a text');
    if (value.length > MAX_TAG_VALUE) throw invalid(field, `the value is longer than ${MAX_TAG_VALUE} characters`);
    if (!value.isWellFormed()) throw invalid(field, 'the value is not well-formed Unicode');
  }
}

function checkText(text: string, field: string, most: number): void {
  if (text.trim() === '') throw invalid(field, 'it is empty');
  if (text.length > most) throw invalid(field, `it is longer than ${most} characters`);
  if (!text.isWellFormed() || /\p{Cc}/u.test(text)) throw invalid(field, 'it holds control characters');
}
