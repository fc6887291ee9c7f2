import { EventDefinition, JsonObject } from '../../core/index.js';
import { DeliveryEvent, WebhookEvent } from './events.js';

const webhookId = '0192f0a8-c4b7-7a1e-9d3c-5b6a7f8e9d0c';
const base = { webhookId, name: 'deploy-pipeline', at: 1767603600000 };
const box = 'v1.c2FtcGxlLWl2LTEy.c2FtcGxlLWNpcGhlcnRleHQtYW5kLXRhZw';
const delivery = { ...base, event: 'model_version.created' };
const eventId = '0192f0a8-d1c2-7b3f-8a4d-6e5f7a8b9c0d';

const made = {
  ...base,
  host: 'ci.lab.example',
  url: { subject: webhookId, box },
  secret: { subject: webhookId, box },
  events: ['model_version.created', 'model_version_alias.created'],
  status: 'ACTIVE',
  description: 'Starts the deployment pipeline',
};
const databricks = {
  events: ['MODEL_VERSION_TRANSITIONED_STAGE'],
  format: 'databricks',
  feed: 2,
  modelId: '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c',
  authorization: { subject: webhookId, box },
};
const changed = { ...base, events: ['model_version.created'], status: 'DISABLED' };

const define = (
  type: (WebhookEvent | DeliveryEvent)['type'],
  summary: string,
  sample: JsonObject,
  more: Partial<EventDefinition> = {},
): EventDefinition => ({
  type,
  summary,
  stream: 'webhooks',
  resource: (data) => ({ kind: 'webhook', id: data['webhookId'] as string, name: data['name'] as string }),
  samples: [sample],
  ...more,
});

const stream = 'webhook-deliveries-<webhook id>';

export const webhookEvents: readonly EventDefinition[] = [
  define('WebhookCreated', 'A webhook was set up: from now on it is told of what happens in the registry.', made, {
    samples: [made, { ...made, ...databricks }],
    // Later schemas only added fields that may be absent.
    upcasts: [(data) => data],
  }),
  define('WebhookUpdated', 'A webhook was changed.', changed, {
    samples: [changed, { ...changed, authorization: null }],
    upcasts: [(data) => data],
  }),
  define('WebhookDeleted', 'A webhook was taken away.', base),
  define('WebhookDeliveriesReplayed', 'What a webhook could not be told is told to it again.', base),
  define(
    'WebhookAttemptFailed',
    'A webhook could not be told of something at one attempt; there is another one.',
    { ...delivery, eventId, attempt: 1, status: 503, reason: 'the receiver answered 503', nextAt: base.at + 1000 },
    { stream, outcome: 'failed' },
  ),
  define(
    'WebhookDelivered',
    'A webhook was told of something, and its receiver took it.',
    { ...delivery, eventId, status: 200, attempts: 1 },
    { stream },
  ),
  define(
    'WebhookDeliveryFailed',
    'A webhook could not be told of something, after all attempts. It is parked, and can be replayed.',
    { ...delivery, eventId, status: 503, reason: 'the receiver answered 503', attempts: 4 },
    { stream, outcome: 'failed' },
  ),
  define(
    'WebhookDeliveryParked',
    'A webhook could not be told of something, since this server failed again and again. It is parked, and can be replayed.',
    { ...base, eventId, eventType: 'ModelVersionCreated', reason: 'its server ended each time', retries: 11 },
    { stream, outcome: 'failed' },
  ),
  define(
    'WebhookTested',
    'Somebody sent an example to the receiver of a webhook.',
    { ...delivery, status: 302, reason: 'the receiver answered 302' },
    { stream },
  ),
];
