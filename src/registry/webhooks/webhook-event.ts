import { errors } from '../../core/index.js';

/** What webhooks can be told of, in MLflow's words: `entity.action`. */
export const MLFLOW_EVENTS = [
  'registered_model.created',
  'model_version.created',
  'model_version_tag.set',
  'model_version_tag.deleted',
  'model_version_alias.created',
  'model_version_alias.deleted',
  'prompt.created',
  'prompt_version.created',
  'prompt_tag.set',
  'prompt_tag.deleted',
  'prompt_version_tag.set',
  'prompt_version_tag.deleted',
  'prompt_alias.created',
  'prompt_alias.deleted',
] as const;

/** What MLflow has no words for, in the same form: its own clients never see these. */
export const GOVERNANCE_EVENTS = [
  'model_version.transitioned',
  'model_version.commented',
  'approval.requested',
  'approval.signed',
  'approval.granted',
  'approval.rejected',
  'approval.withdrawn',
  'approval.expired',
  'approval.commented',
  'approval.carried_out',
  'approval.voided',
  'security.alert',
] as const;

/** In the words of Databricks' registry, told in its form. */
export const DATABRICKS_EVENTS = [
  'REGISTERED_MODEL_CREATED',
  'MODEL_VERSION_CREATED',
  'MODEL_VERSION_TAG_SET',
  'MODEL_VERSION_TRANSITIONED_STAGE',
  'MODEL_VERSION_TRANSITIONED_TO_STAGING',
  'MODEL_VERSION_TRANSITIONED_TO_PRODUCTION',
  'MODEL_VERSION_TRANSITIONED_TO_ARCHIVED',
  'TRANSITION_REQUEST_CREATED',
  'TRANSITION_REQUEST_TO_STAGING_CREATED',
  'TRANSITION_REQUEST_TO_PRODUCTION_CREATED',
  'TRANSITION_REQUEST_TO_ARCHIVED_CREATED',
  'COMMENT_CREATED',
] as const;

export type MlflowEventName = (typeof MLFLOW_EVENTS)[number];
export type GovernanceEventName = (typeof GOVERNANCE_EVENTS)[number];
export type DatabricksEventName = (typeof DATABRICKS_EVENTS)[number];
/** In the form `{entity, action, timestamp, data}`. */
export type EntityEventName = MlflowEventName | GovernanceEventName;
export type WebhookEventName = EntityEventName | DatabricksEventName;

export interface WireEvent {
  readonly entity: string;
  readonly action: string;
}

const ENTITY_EVENTS: readonly EntityEventName[] = [...MLFLOW_EVENTS, ...GOVERNANCE_EVENTS];
const MLFLOW: ReadonlySet<string> = new Set(MLFLOW_EVENTS);
const DATABRICKS: ReadonlySet<string> = new Set(DATABRICKS_EVENTS);

export const isMlflowEvent = (name: WebhookEventName): name is MlflowEventName => MLFLOW.has(name);
export const isDatabricksEvent = (name: string): name is DatabricksEventName => DATABRICKS.has(name);

/** Reads `{entity: "MODEL_VERSION", action: "CREATED"}`. */
export function webhookEvent({ entity, action }: WireEvent, field = 'events'): EntityEventName {
  const name = `${entity}.${action}`;
  const found = ENTITY_EVENTS.find((each) => each.toUpperCase() === name);
  if (found) return found;
  const message = `Invalid webhook event ${name.slice(0, 100)}: it must be one of ${ENTITY_EVENTS.join(', ')}`;
  throw errors.invalid('webhook-event-unknown', message, field);
}

export function databricksEvent(name: string, field = 'events'): DatabricksEventName {
  if (isDatabricksEvent(name)) return name;
  const known = DATABRICKS_EVENTS.join(', ');
  const message = `Invalid value for parameter '${field}': ${name.slice(0, 100)} must be one of ${known}`;
  throw errors.invalid('webhook-event-unknown', message, field);
}

export function wireEvent(name: EntityEventName): WireEvent {
  const [entity, action] = name.toUpperCase().split('.') as [string, string];
  return { entity, action };
}
