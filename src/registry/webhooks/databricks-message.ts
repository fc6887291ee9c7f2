import { JsonObject, microsToMillis, RecordedEvent } from '../../core/index.js';
import { askedStage, Facts } from './facts.js';
import { transition } from './governance-message.js';
import { DatabricksEventName } from './webhook-event.js';

/** Names under which a receiver of Databricks' may have asked for it, the general one first, and what it is told. */
export interface DatabricksMessage {
  readonly events: readonly DatabricksEventName[];
  readonly data: JsonObject;
}

const MOVED: Readonly<Record<string, DatabricksEventName>> = {
  Staging: 'MODEL_VERSION_TRANSITIONED_TO_STAGING',
  Production: 'MODEL_VERSION_TRANSITIONED_TO_PRODUCTION',
  Archived: 'MODEL_VERSION_TRANSITIONED_TO_ARCHIVED',
};
const REQUESTED: Readonly<Record<string, DatabricksEventName>> = {
  Staging: 'TRANSITION_REQUEST_TO_STAGING_CREATED',
  Production: 'TRANSITION_REQUEST_TO_PRODUCTION_CREATED',
  Archived: 'TRANSITION_REQUEST_TO_ARCHIVED_CREATED',
};

export function databricksMessageOf(event: RecordedEvent, { ofPrompt, request }: Facts): DatabricksMessage | undefined {
  const { type, data } = event;
  const name = data['name'] as string;
  const version = `${data['version'] as number}`;
  const about = { model_name: name, version };
  switch (type) {
    case 'ModelRegistered': {
      const text = `Registered model '${name}' created.`;
      return ofPrompt ? undefined : { events: ['REGISTERED_MODEL_CREATED'], data: { model_name: name, text } };
    }
    case 'ModelVersionCreated': {
      const text = `Registered model '${name}' version ${version} created.`;
      const run: JsonObject = typeof data['runId'] === 'string' ? { run_id: data['runId'] } : {};
      const told = { ...about, ...run, text };
      return ofPrompt ? undefined : { events: ['MODEL_VERSION_CREATED'], data: told };
    }
    case 'ModelVersionTagSet': {
      const { key, value } = data;
      const text = `Tag '${key as string}' set on registered model '${name}' version ${version}.`;
      const told = { ...about, key, value, text } as JsonObject;
      return ofPrompt ? undefined : { events: ['MODEL_VERSION_TAG_SET'], data: told };
    }
    case 'ModelVersionStageChanged':
    case 'ModelVersionRolledBack':
      return moved(event);
    case 'ModelVersionCommented':
      return commented(about, data['comment'] as string);
    case 'ApprovalRequested':
    case 'ApprovalCommented':
      return request && ofRequest(event, request);
    default:
      return undefined;
  }
}

function moved(event: RecordedEvent): DatabricksMessage {
  const { name, version, from_stage, to_stage } = transition(event);
  const text = `Registered model '${name}' version ${version} transitioned from ${from_stage} to ${to_stage}.`;
  const special = MOVED[to_stage];
  return {
    events: ['MODEL_VERSION_TRANSITIONED_STAGE', ...(special ? [special] : [])],
    data: { model_name: name, version, to_stage, from_stage, text },
  };
}

function ofRequest(event: RecordedEvent, request: NonNullable<Facts['request']>): DatabricksMessage | undefined {
  const asked = askedStage(request);
  if (!asked) return undefined;
  const about = { model_name: asked.name, version: String(asked.version) };
  if (event.type === 'ApprovalCommented') return commented(about, event.data['comment'] as string);
  const special = REQUESTED[asked.stage];
  const where = `registered model '${about.model_name}' version ${about.version}`;
  return {
    events: ['TRANSITION_REQUEST_CREATED', ...(special ? [special] : [])],
    data: { ...about, to_stage: asked.stage, text: `Transition of ${where} to ${asked.stage} requested.` },
  };
}

function commented(
  about: { readonly model_name: string; readonly version: string },
  comment: string,
): DatabricksMessage {
  const text = `Comment on registered model '${about.model_name}' version ${about.version}.`;
  return { events: ['COMMENT_CREATED'], data: { ...about, comment, text } };
}

/** Database rows, queues and scripts of Databricks' users expect its flat form. */
export const databricksBody = (
  event: DatabricksEventName,
  {
    webhookId,
    at,
    data,
  }: { readonly webhookId: string; readonly at: RecordedEvent['recordedAt']; readonly data: JsonObject },
): string => JSON.stringify({ event, webhook_id: webhookId, event_timestamp: microsToMillis(at), ...data });

/** What a test delivery says: plainly no real model. */
export function exampleOfDatabricks(event: DatabricksEventName): JsonObject {
  const text = `Test of ${event}.`;
  if (event === 'REGISTERED_MODEL_CREATED') return { model_name: 'example_model', text };
  const about = { model_name: 'example_model', version: '1' };
  if (event === 'COMMENT_CREATED') return { ...about, comment: 'An example', text };
  if (event === 'MODEL_VERSION_TAG_SET') return { ...about, key: 'example_key', value: 'example_value', text };
  if (event === 'MODEL_VERSION_CREATED') return { ...about, text };
  const to = event.includes('_STAGING') ? 'Staging' : event.includes('_ARCHIVED') ? 'Archived' : 'Production';
  return { ...about, to_stage: to, ...(event.startsWith('MODEL_VERSION') ? { from_stage: 'None' } : {}), text };
}
