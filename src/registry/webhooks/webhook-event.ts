import { errors } from '../../core/index.js';

/** What webhooks can be told of, in MLflow's words: `entity.action`. */
export const WEBHOOK_EVENTS = [
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
export type WebhookEventName = (typeof WEBHOOK_EVENTS)[number];

export interface WireEvent {
  readonly entity: string;
  readonly action: string;
}

/** Reads `{entity: "MODEL_VERSION", action: "CREATED"}`. */
export function webhookEvent({ entity, action }: WireEvent, field = 'events'): WebhookEventName {
  const name = `${entity}.${action}`;
  const found = WEBHOOK_EVENTS.find((each) => each.toUpperCase() === name);
  if (found) return found;
  const message = `Invalid webhook event ${name.slice(0, 100)}: it must be one of ${WEBHOOK_EVENTS.join(', ')}`;
  throw errors.invalid('webhook-event-unknown', message, field);
}

export function wireEvent(name: WebhookEventName): WireEvent {
  const [entity, action] = name.toUpperCase().split('.') as [string, string];
  return { entity, action };
}
