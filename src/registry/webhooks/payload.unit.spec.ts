import { describe, expect, it } from '@jest/globals';
import { JsonObject, RecordedEvent } from '../../core/index.js';
import { modelEvents } from '../model/catalogue.js';
import { exampleOf, FED, messageOf } from './payload.js';
import { webhookEvent, MLFLOW_EVENTS, wireEvent } from './webhook-event.js';

const told = (type: string, data: JsonObject, ofPrompt = false) =>
  messageOf({ type, data } as unknown as RecordedEvent, ofPrompt);
const model = { modelId: 'x', name: 'detector', at: 1 };
const prompt = ['mlflow.prompt.is_prompt', 'true'];

describe('what a webhook is told', () => {
  it.each([
    [
      'ModelRegistered',
      { ...model, tags: [['a', 'b']] },
      'registered_model.created',
      { name: 'detector', tags: { a: 'b' }, description: null },
    ],
    [
      'ModelVersionCreated',
      { ...model, version: 2, source: 's3://b/m', tags: [], runId: 'r', description: 'd' },
      'model_version.created',
      { name: 'detector', version: '2', source: 's3://b/m', run_id: 'r', tags: {}, description: 'd' },
    ],
    [
      'ModelVersionTagSet',
      { ...model, version: 2, key: 'k', value: 'v' },
      'model_version_tag.set',
      { name: 'detector', version: '2', key: 'k', value: 'v' },
    ],
    [
      'ModelVersionTagDeleted',
      { ...model, version: 2, key: 'k' },
      'model_version_tag.deleted',
      { name: 'detector', version: '2', key: 'k' },
    ],
    [
      'RegisteredModelAliasSet',
      { ...model, version: 2, alias: 'champion', from: 1 },
      'model_version_alias.created',
      { name: 'detector', version: '2', alias: 'champion' },
    ],
    [
      'RegisteredModelAliasDeleted',
      { ...model, version: 2, alias: 'champion' },
      'model_version_alias.deleted',
      { name: 'detector', alias: 'champion' },
    ],
  ])('of %s is what MLflow tells', (type, data, event, payload) =>
    expect(told(type, data as JsonObject)).toEqual({ event, data: payload }),
  );

  it('speaks of prompts as prompts, and of their text', () => {
    expect(told('ModelRegistered', { ...model, tags: [prompt, ['a', 'b']] })).toEqual({
      event: 'prompt.created',
      data: { name: 'detector', tags: { a: 'b' }, description: null },
    });
    const tags = [prompt, ['mlflow.prompt.text', 'Dear {{x}}'], ['_mlflow_prompt_type', 'text'], ['a', 'b']];
    expect(told('ModelVersionCreated', { ...model, version: 1, source: 'prompt-template', tags })).toEqual({
      event: 'prompt_version.created',
      data: { name: 'detector', version: '1', template: 'Dear {{x}}', tags: { a: 'b' }, description: null },
    });
    const changes: [string, JsonObject, string][] = [
      ['RegisteredModelTagSet', { key: 'k', value: 'v' }, 'prompt_tag.set'],
      ['RegisteredModelTagDeleted', { key: 'k' }, 'prompt_tag.deleted'],
      ['ModelVersionTagSet', { version: 1, key: 'k', value: 'v' }, 'prompt_version_tag.set'],
      ['ModelVersionTagDeleted', { version: 1, key: 'k' }, 'prompt_version_tag.deleted'],
      ['RegisteredModelAliasSet', { version: 1, alias: 'a' }, 'prompt_alias.created'],
      ['RegisteredModelAliasDeleted', { version: 1, alias: 'a' }, 'prompt_alias.deleted'],
    ];
    for (const [type, data, event] of changes) expect(told(type, { ...model, ...data }, true)?.event).toBe(event);
  });

  it('leaves out tags of models, and all that webhooks are not about', () => {
    expect(told('RegisteredModelTagSet', { ...model, key: 'k', value: 'v' })).toBeUndefined();
    expect(told('RegisteredModelTagDeleted', { ...model, key: 'k' })).toBeUndefined();
    expect(told('ModelVersionStageChanged', { ...model, version: 1 })).toBeUndefined();
  });

  it('listens to types that there are, and can tell every event that can be asked for', () => {
    const types = modelEvents.map(({ type }) => type);
    expect(FED[1].filter((type) => !types.includes(type))).toEqual([]);
    const events = [true, false].flatMap((ofPrompt) =>
      modelEvents.flatMap(({ type, samples }) => {
        const data = samples.at(-1)!;
        const tags: JsonObject = ofPrompt && 'tags' in data ? { tags: [prompt] } : {};
        return told(type, { ...data, ...tags }, ofPrompt)?.event ?? [];
      }),
    );
    expect([...new Set(events)].sort()).toEqual([...MLFLOW_EVENTS].sort());
  });

  it('has the same fields in an example as in earnest', () => {
    for (const { type, samples } of modelEvents) {
      const message = told(type, samples.at(-1)!);
      if (message) expect(Object.keys(exampleOf(message.event)).sort()).toEqual(Object.keys(message.data).sort());
    }
  });
});

describe('the name of an event', () => {
  it.each(MLFLOW_EVENTS)('%s goes over the wire and back', (name) => expect(webhookEvent(wireEvent(name))).toBe(name));
  it.each([
    ['MODEL_VERSION', 'UPDATED'],
    ['BUDGET_POLICY', 'EXCEEDED'],
    ['model_version', 'created'],
    ['', ''],
    ['__proto__', 'x'],
  ])('is not %s.%s', (entity, action) =>
    expect(() => webhookEvent({ entity, action })).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'webhook-event-unknown', field: 'events' }),
    ),
  );
});
