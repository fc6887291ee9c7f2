import { accept, Decider, Decision, derivedId, never, refuse } from '../../core/index.js';
import { evolve, Feed, noWebhooks, WebhookCreated, WebhookEvent, Webhooks, WebhookUpdated } from './events.js';
import { isMlflowEvent, WebhookEventName } from './webhook-event.js';

export type WebhookCommand =
  | ({ readonly type: 'create' } & WebhookCreated)
  /** Without a name it keeps its own. */
  | ({ readonly type: 'update' } & Omit<WebhookUpdated, 'name'> & { readonly name?: string })
  | { readonly type: 'delete' | 'replay'; readonly webhookId: string; readonly at: number };

export const WEBHOOKS = 'webhooks';
export const deliveriesStream = (webhookId: string): string => `webhook-deliveries-${webhookId}`;

/** Stays the same however often it is tried, so that a receiver can tell. */
export const deliveryIdOf = (webhookId: string, eventId: string): string =>
  derivedId('webhook-delivery', webhookId, eventId);

/** The feed that has all of these. */
export const feedFor = (events: readonly WebhookEventName[]): Feed => (events.every(isMlflowEvent) ? 1 : 2);

/** Every webhook is a consumer of the log of its own, so their number is bounded. */
const MAX_WEBHOOKS = 100;

export function decide(command: WebhookCommand, { byId }: Webhooks): Decision<WebhookEvent> {
  const found = byId.get(command.webhookId);
  switch (command.type) {
    case 'create': {
      // The same request again: it is there already.
      if (found) return accept();
      const refusal = noRoom({ byId });
      if (refusal) return refusal;
      const { type: _type, ...data } = command;
      return accept({ type: 'WebhookCreated', data });
    }
    case 'update': {
      if (!found) return noWebhook(command.webhookId);
      if (command.events && feedFor(command.events) > found.feed) return fedTooLittle();
      const { type: _type, webhookId, at, name = found.name, ...asked } = command;
      const changes = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
      if (name === found.name && Object.keys(changes).length === 0) return accept();
      return accept({ type: 'WebhookUpdated', data: { webhookId, name, at, ...changes } });
    }
    case 'delete':
      if (!found) return noWebhook(command.webhookId);
      return accept({
        type: 'WebhookDeleted',
        data: { webhookId: command.webhookId, name: found.name, at: command.at },
      });
    case 'replay': {
      if (!found) return noWebhook(command.webhookId);
      if (found.status !== 'ACTIVE')
        return refuse(
          'state',
          'webhook-disabled',
          'this webhook is disabled; set its status to ACTIVE first',
          'status',
        );
      const { webhookId, at } = command;
      return accept({ type: 'WebhookDeliveriesReplayed', data: { webhookId, name: found.name, at } });
    }
    default:
      return never(command);
  }
}

const fedTooLittle = () =>
  refuse(
    'state',
    'webhook-feed-fixed',
    'this webhook was set up for events of MLflow’s only; set up another one for these',
    'events',
  );

/** Asked for also before anything is made ready for a webhook, so that a refused one leaves nothing. */
export const noRoom = ({ byId }: Webhooks) =>
  byId.size < MAX_WEBHOOKS
    ? undefined
    : refuse('state', 'too-many-webhooks', `there are ${MAX_WEBHOOKS} webhooks; delete one first`, 'name');

export const noWebhook = (webhookId: string) =>
  refuse('not-found', 'webhook-not-found', `Webhook with ID ${webhookId.slice(0, 100)} not found.`, 'webhook_id');

export const webhooksDecider: Decider<Webhooks, WebhookCommand, WebhookEvent> = {
  initial: noWebhooks,
  evolve,
  decide,
};
