import { accept, Decider, Decision, never, refuse } from '../../core/index.js';
import { evolve, noWebhooks, WebhookCreated, WebhookEvent, Webhooks, WebhookUpdated } from './events.js';

export type WebhookCommand =
  | ({ readonly type: 'create' } & WebhookCreated)
  /** Without a name it keeps its own. */
  | ({ readonly type: 'update' } & Omit<WebhookUpdated, 'name'> & { readonly name?: string })
  | { readonly type: 'delete' | 'replay'; readonly webhookId: string; readonly at: number };

export const WEBHOOKS = 'webhooks';
export const deliveriesStream = (webhookId: string): string => `webhook-deliveries-${webhookId}`;

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
