import { WebhookView } from './registered-webhooks.js';
import { Outcome } from './sending/sender.js';
import { isMlflowEvent, wireEvent } from './webhook-event.js';

/** MLflow's Webhook message; the secret has no place in it. */
export const webhookWire = (view: WebhookView): object => ({
  webhook_id: view.webhookId,
  name: view.name,
  ...(view.description ? { description: view.description } : {}),
  url: view.url,
  events: view.events.filter(isMlflowEvent).map(wireEvent),
  status: view.status,
  creation_timestamp: view.createdAt,
  last_updated_timestamp: view.updatedAt,
});

/** MLflow's WebhookTestResult: an error message only where there was no answer. */
export const outcomeWire = ({ status, body, reason }: Outcome): object => ({
  success: reason === undefined,
  ...(status === undefined ? { error_message: `Failed to test webhook: ${reason}` } : { response_status: status }),
  ...(body === undefined ? {} : { response_body: body }),
});
