import { errors, Json, JsonObject } from '../../../core/index.js';

const MANDATORY = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'];
const KEPT = ['run_id', 'artifact_path', 'utc_time_created', 'model_uuid'];

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What a run's tag keeps of a model as older clients describe it: what it is and where, not how its
 * flavours are configured. @throws invalid
 */
export function modelSummary(text: string): JsonObject {
  const model = parsed(text);
  const missing = MANDATORY.filter((name) => !Object.hasOwn(model, name));
  if (missing.length > 0)
    throw invalid('incomplete-model', `Model json is missing mandatory fields: ${missing.join(', ')}`);
  const { flavors } = model;
  if (!isObject(flavors)) throw invalid('bad-model', "Model json has 'flavors' that are no object");
  const kept = KEPT.flatMap((name) => {
    const value = model[name] ?? null;
    // An id and a path that are null say nothing; without an id of its own the model has none.
    return value === null && name !== 'model_uuid' ? [] : [[name, value] as const];
  });
  const plain = Object.entries(flavors).map(([name, flavor]) => [name, withoutConfig(flavor)] as const);
  return { ...Object.fromEntries(kept), flavors: Object.fromEntries(plain) };
}

function withoutConfig(flavor: Json): Json {
  if (!isObject(flavor)) return flavor;
  const { config: _, ...rest } = flavor;
  return rest;
}

function parsed(text: string): JsonObject {
  let model: unknown;
  try {
    model = JSON.parse(text);
  } catch {
    throw invalid('malformed-model', `Malformed model info. ${text.slice(0, 200)} is not a valid JSON.`);
  }
  if (isObject(model)) return model;
  throw invalid('malformed-model', 'Malformed model info: it is no JSON object');
}

const invalid = (code: string, message: string) => errors.invalid(code, message, 'model_json');
