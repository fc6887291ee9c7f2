import { describe, it } from '@jest/globals';
import { LoggedModelId } from '../../core/index.js';
import { base, deleted, given, started, tags } from '../testing/run-words.js';
import { MODEL_HISTORY } from './decide-models.js';
import { ModelOutput, RunEvent } from './events.js';

const [one, two] = ['m-1', 'm-2'] as [LoggedModelId, LoggedModelId];
const used = (...models: LoggedModelId[]): RunEvent => ({ type: 'ModelInputsLogged', data: { ...base, models } });
const made = (...models: ModelOutput[]): RunEvent => ({ type: 'ModelOutputsLogged', data: { ...base, models } });

describe('the logged models that a run used', () => {
  const use = (...models: LoggedModelId[]) => ({ type: 'log-inputs', inputs: [], models }) as const;
  it('are recorded once each', () => {
    given(started)
      .when(use(one, two, one))
      .then(used(one, two));
    given(started, used(one)).when(use(one, two)).then(used(two));
    given(started, used(one, two)).when(use(two)).thenNothing();
  });
  it('go along with the data sets of the same request', () => {
    const input = { name: 'd', digest: 'x', sourceType: 'custody', source: '', tags: [] };
    given(started)
      .when({ type: 'log-inputs', inputs: [input], models: [one] })
      .then({ type: 'InputsLogged', data: { ...base, inputs: [input] } }, used(one));
  });
});

describe('the logged models that a run made', () => {
  const make = (...models: ModelOutput[]) => ({ type: 'log-outputs', models }) as const;
  it('are recorded with the step at which each was made first', () => {
    const outputs = [
      { modelId: one, step: 3 },
      { modelId: one, step: 4 },
      { modelId: two, step: 0 },
    ] as const;
    given(started)
      .when(make(...outputs))
      .then(made(outputs[0], outputs[2]));
    given(started, made(outputs[0])).when(make(outputs[1])).thenNothing();
  });
  it('are no business of a run that is deleted', () => {
    given(started, deleted)
      .when(make({ modelId: one, step: 0 }))
      .thenRefused({ code: 'run-deleted' });
  });
});

describe('a model among the artifacts of a run, as older clients tell of it', () => {
  const model = { run_id: base.runId, artifact_path: 'model', flavors: { sklearn: {} } };
  const history = (...models: object[]) => tags({ key: MODEL_HISTORY, value: JSON.stringify(models) });
  it('is added to the list in the tag', () => {
    given(started).when({ type: 'record-model', model }).then(history(model));
    given(started, history({ a: 1 }))
      .when({ type: 'record-model', model })
      .then(history({ a: 1 }, model));
  });
  it('told again is in the list once', () => {
    given(started, history(model)).when({ type: 'record-model', model }).thenNothing();
  });
  it.each(['no JSON', '{}', '7'])('is refused where the tag is %j', (value) => {
    given(started, tags({ key: MODEL_HISTORY, value }))
      .when({ type: 'record-model', model })
      .thenRefused({ kind: 'state', code: 'bad-model-history' });
  });
  it('is refused when the list would no longer fit into an event', () => {
    const huge = { ...model, flavors: { sklearn: { code: 'x'.repeat(500_000) } } };
    given(started, history(huge))
      .when({ type: 'record-model', model: { ...huge, artifact_path: 'other' } })
      .thenRefused({ code: 'too-large', field: 'model_json' });
  });
});
