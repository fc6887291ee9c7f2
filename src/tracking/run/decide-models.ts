import { accept, Decision, ExperimentId, JsonObject, LoggedModelId, refuse, RunId } from '../../core/index.js';
import { ModelOutput, Run, RunEvent } from './events.js';
import { EVENT_BYTES } from './sizes.js';

type Base = { readonly runId: RunId; readonly experimentId: ExperimentId };

/** A JSON list of the models that a run has among its own artifacts, as clients before MLflow 3 log them. */
export const MODEL_HISTORY = 'mlflow.log-model.history';

export function newModelInputs(models: readonly LoggedModelId[], state: Run, base: Base): readonly RunEvent[] {
  const fresh = [...new Set(models)].filter((id) => !state.modelInputs.has(id));
  return fresh.length === 0 ? [] : [{ type: 'ModelInputsLogged', data: { ...base, models: fresh } }];
}

/** A model is made once: its first step stays. */
export function logModelOutputs(models: readonly ModelOutput[], state: Run, base: Base): Decision<RunEvent> {
  const first = new Map(models.toReversed().map((output) => [output.modelId, output]));
  const fresh = models.filter(
    (output) => !state.modelOutputs.has(output.modelId) && first.get(output.modelId) === output,
  );
  return fresh.length === 0 ? accept() : accept({ type: 'ModelOutputsLogged', data: { ...base, models: fresh } });
}

export function recordModel(model: JsonObject, state: Run, base: Base): Decision<RunEvent> {
  const known = historyIn(state);
  if (known === undefined)
    return refuse('state', 'bad-model-history', `The tag '${MODEL_HISTORY}' of this run is no JSON list`, 'run_id');
  const entry = JSON.stringify(model);
  // The same model told twice is a retry.
  if (known.some((each) => JSON.stringify(each) === entry)) return accept();
  const value = JSON.stringify([...known, model]);
  if (Buffer.byteLength(value) > EVENT_BYTES)
    return refuse('invalid', 'too-large', `'model_json' makes the tag '${MODEL_HISTORY}' too long`, 'model_json');
  return accept({ type: 'TagsSet', data: { ...base, tags: [{ key: MODEL_HISTORY, value }] } });
}

function historyIn({ tags }: Run): readonly unknown[] | undefined {
  const value = tags.get(MODEL_HISTORY) ?? '[]';
  if (typeof value !== 'string') return undefined;
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}
