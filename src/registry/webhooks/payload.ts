import { JsonObject, RecordedEvent } from '../../core/index.js';
import { ModelEvent } from '../model/events.js';
import { isPrompt, PROMPT_TAG } from '../prompt.js';
import { Tags } from '../rules.js';
import { exampleOfDatabricks } from './databricks-message.js';
import { exampleOfGovernance, GOVERNANCE_TOLD } from './governance-message.js';
import { Feed } from './events.js';
import {
  EntityEventName,
  isDatabricksEvent,
  isMlflowEvent,
  MlflowEventName,
  WebhookEventName,
} from './webhook-event.js';

export interface Message {
  readonly event: EntityEventName;
  readonly data: JsonObject;
}

/** Every type of event that MLflow's webhooks are told of. */
const TOLD = [
  'ModelRegistered',
  'ModelVersionCreated',
  'ModelVersionTagSet',
  'ModelVersionTagDeleted',
  'RegisteredModelTagSet',
  'RegisteredModelTagDeleted',
  'RegisteredModelAliasSet',
  'RegisteredModelAliasDeleted',
] as const;
type Told = Extract<ModelEvent, { type: (typeof TOLD)[number] }>;

/** Released feeds never change: consumer groups exist that follow just these types. */
export const FED: Readonly<Record<Feed, readonly string[]>> = { 1: TOLD, 2: [...TOLD, ...GOVERNANCE_TOLD] };

const PROMPT_TEXT = 'mlflow.prompt.text';
const PROMPT_TYPE = '_mlflow_prompt_type';

/**
 * The event as MLflow's receivers know it. Tags of registered models themselves are told for prompts
 * only, as there. @param ofPrompt whether the model is a prompt
 */
export function messageOf(event: RecordedEvent, ofPrompt: boolean): Message | undefined {
  const { type, data } = event as unknown as Told;
  const { name } = data;
  switch (type) {
    case 'ModelRegistered': {
      const { tags, description = null } = data;
      const prompt = isPrompt(tags);
      const shown = prompt ? without(tags, PROMPT_TAG, PROMPT_TYPE) : tags;
      return {
        event: prompt ? 'prompt.created' : 'registered_model.created',
        data: { name, tags: Object.fromEntries(shown), description },
      };
    }
    case 'ModelVersionCreated':
      return versionCreated(data);
    case 'ModelVersionTagSet': {
      const told = { name, version: String(data.version), key: data.key, value: data.value };
      return { event: ofPrompt ? 'prompt_version_tag.set' : 'model_version_tag.set', data: told };
    }
    case 'ModelVersionTagDeleted': {
      const told = { name, version: String(data.version), key: data.key };
      return { event: ofPrompt ? 'prompt_version_tag.deleted' : 'model_version_tag.deleted', data: told };
    }
    case 'RegisteredModelTagSet':
      return ofPrompt ? { event: 'prompt_tag.set', data: { name, key: data.key, value: data.value } } : undefined;
    case 'RegisteredModelTagDeleted':
      return ofPrompt ? { event: 'prompt_tag.deleted', data: { name, key: data.key } } : undefined;
    case 'RegisteredModelAliasSet': {
      const told = { name, alias: data.alias, version: String(data.version) };
      return { event: ofPrompt ? 'prompt_alias.created' : 'model_version_alias.created', data: told };
    }
    case 'RegisteredModelAliasDeleted':
      return {
        event: ofPrompt ? 'prompt_alias.deleted' : 'model_version_alias.deleted',
        data: { name, alias: data.alias },
      };
    default:
      return undefined;
  }
}

function versionCreated(data: Extract<Told, { type: 'ModelVersionCreated' }>['data']): Message {
  const { name, version, source, runId = null, tags, description = null } = data;
  const about = { name, version: String(version) };
  if (!isPrompt(tags)) {
    const told = { ...about, source, run_id: runId, tags: Object.fromEntries(tags), description };
    return { event: 'model_version.created', data: told };
  }
  const template = tags.find(([key]) => key === PROMPT_TEXT)?.[1] ?? null;
  const shown = Object.fromEntries(without(tags, PROMPT_TAG, PROMPT_TYPE, PROMPT_TEXT));
  return { event: 'prompt_version.created', data: { ...about, template, tags: shown, description } };
}

const without = (tags: Tags, ...keys: readonly string[]): Tags => tags.filter(([key]) => !keys.includes(key));

/** What a test delivery says: plainly no real model. */
export function exampleOf(event: WebhookEventName): JsonObject {
  if (isDatabricksEvent(event)) return exampleOfDatabricks(event);
  return isMlflowEvent(event) ? exampleOfMlflow(event) : exampleOfGovernance(event);
}

function exampleOfMlflow(event: MlflowEventName): JsonObject {
  const [entity = '', action] = event.split('.');
  const name = entity.startsWith('prompt') ? 'example_prompt' : 'example_model';
  const version: JsonObject = entity === 'prompt_tag' ? {} : { version: '1' };
  if (entity.endsWith('_tag')) {
    return { name, ...version, key: 'example_key', ...(action === 'set' ? { value: 'example_value' } : {}) };
  }
  if (entity.endsWith('_alias'))
    return { name, alias: 'example_alias', ...(action === 'created' ? { version: '1' } : {}) };
  const about = { tags: { example_key: 'example_value' }, description: 'An example' };
  if (entity === 'model_version')
    return { name, version: '1', source: 'models:/example_model/1', run_id: 'abcd1234abcd5678', ...about };
  if (entity === 'prompt_version') return { name, version: '1', template: 'Hello {{name}}', ...about };
  return { name, ...about };
}
