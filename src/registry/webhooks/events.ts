import { Map } from 'immutable';
import { DomainEvent, ModelId, never, Sealed } from '../../core/index.js';
import { WebhookEventName } from './webhook-event.js';

/** TEST_MODE, of Databricks': it is told of tests only. */
export type WebhookStatus = 'ACTIVE' | 'DISABLED' | 'TEST_MODE';

/** How it is told: MLflow's form or that of Databricks' registry. */
export type WebhookFormat = 'mlflow' | 'databricks';

/**
 * Which types of events its group of consumers follows. A group's types can't be changed afterwards, so a
 * webhook keeps the feed it was made with: 1 is what MLflow's events are made of, 2 everything.
 */
export type Feed = 1 | 2;

/** In all events: whose they are, its name at the time, server time of the command in ms. */
interface OfWebhook {
  readonly webhookId: string;
  readonly name: string;
  readonly at: number;
}

/** A URL may hold a token, so it is sealed like the secret; the host tells auditors where data goes. */
interface Target {
  readonly host: string;
  readonly url: Sealed;
}

export interface WebhookCreated extends OfWebhook, Target {
  readonly secret?: Sealed;
  readonly events: readonly WebhookEventName[];
  readonly status: WebhookStatus;
  readonly description?: string;
  /** MLflow's, where it is missing. */
  readonly format?: WebhookFormat;
  /** 1, where it is missing. */
  readonly feed?: Feed;
  /** It is told of this model only. */
  readonly modelId?: ModelId;
  /** Value of the header Authorization. */
  readonly authorization?: Sealed;
}

export interface WebhookUpdated extends OfWebhook, Partial<Target> {
  /** `null`: deliveries are no longer signed. */
  readonly secret?: Sealed | null;
  /** `null`: it is no longer sent. */
  readonly authorization?: Sealed | null;
  readonly events?: readonly WebhookEventName[];
  readonly status?: WebhookStatus;
  readonly description?: string;
}

export type WebhookEvent =
  | DomainEvent<'WebhookCreated', WebhookCreated>
  | DomainEvent<'WebhookUpdated', WebhookUpdated>
  | DomainEvent<'WebhookDeleted', OfWebhook>
  /** What was given up is told again. */
  | DomainEvent<'WebhookDeliveriesReplayed', OfWebhook>;

interface OfDelivery extends OfWebhook {
  readonly event: WebhookEventName;
}

/** What became of a delivery: their own stream, so that a busy webhook does not slow down decisions. */
export type DeliveryEvent =
  /** One attempt of several; the next one is made at `nextAt`. */
  | DomainEvent<
      'WebhookAttemptFailed',
      OfDelivery & {
        readonly eventId: string;
        readonly attempt: number;
        readonly status?: number;
        readonly reason: string;
        readonly nextAt: number;
      }
    >
  | DomainEvent<
      'WebhookDelivered',
      OfDelivery & { readonly eventId: string; readonly status: number; readonly attempts: number }
    >
  | DomainEvent<
      'WebhookDeliveryFailed',
      OfDelivery & {
        readonly eventId: string;
        readonly status?: number;
        readonly reason: string;
        readonly attempts: number;
      }
    >
  /** What never got so far that a receiver could refuse it, with the type of the event that it was about. */
  | DomainEvent<
      'WebhookDeliveryParked',
      OfWebhook & {
        readonly eventId: string;
        readonly eventType: string;
        readonly reason: string;
        readonly retries: number;
      }
    >
  | DomainEvent<
      'WebhookTested',
      OfDelivery & { readonly deliveryId?: string; readonly status?: number; readonly reason?: string }
    >;

export interface Webhook extends Target {
  readonly webhookId: string;
  readonly name: string;
  readonly secret?: Sealed;
  readonly authorization?: Sealed;
  readonly format: WebhookFormat;
  readonly feed: Feed;
  readonly modelId?: ModelId;
  readonly events: readonly WebhookEventName[];
  readonly status: WebhookStatus;
  /** When it was last switched on again: what happened while it was off is not made up for. */
  readonly activeSince: number;
  readonly description?: string;
  /** How often what was given up was told again. */
  readonly replays: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** All webhooks are one stream: they are few, and whoever delivers must know all of them. */
export interface Webhooks {
  readonly byId: Map<string, Webhook>;
}

export const noWebhooks: Webhooks = { byId: Map() };

export function evolve({ byId }: Webhooks, event: WebhookEvent): Webhooks {
  const { webhookId, at } = event.data;
  switch (event.type) {
    case 'WebhookCreated': {
      const { at: _at, format = 'mlflow', feed = 1, ...rest } = event.data;
      const made = { ...rest, format, feed };
      return { byId: byId.set(webhookId, { ...made, activeSince: 0, replays: 0, createdAt: at, updatedAt: at }) };
    }
    case 'WebhookUpdated': {
      const found = byId.get(webhookId);
      if (!found) return { byId };
      const { at: updatedAt, secret, authorization, ...changed } = event.data;
      const signed = secret === undefined ? {} : { secret: secret ?? undefined };
      const authorized = authorization === undefined ? {} : { authorization: authorization ?? undefined };
      const on = found.status !== 'ACTIVE' && changed.status === 'ACTIVE' ? { activeSince: at } : {};
      return { byId: byId.set(webhookId, { ...found, ...changed, ...signed, ...authorized, ...on, updatedAt }) };
    }
    case 'WebhookDeleted':
      return { byId: byId.delete(webhookId) };
    case 'WebhookDeliveriesReplayed': {
      const found = byId.get(webhookId);
      return found ? { byId: byId.set(webhookId, { ...found, replays: found.replays + 1 }) } : { byId };
    }
    default:
      return never(event);
  }
}
