export const DELIVERY_STATES = ['retrying', 'delivered', 'failed', 'parked', 'tested'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** One row for each thing that a webhook was told, or was to be told. Times are milliseconds since the epoch. */
export interface WebhookDeliveries {
  webhook_id: string;
  delivery_id: string;
  /** Position of what was recorded of it first: the order of the list. */
  position: number;
  /** Of what it tells; null for a test. */
  event_id: string | null;
  /** As the webhook calls it; null when its server never got so far. */
  event: string | null;
  state: DeliveryState;
  attempts: number;
  /** When the next attempt is due. */
  next_at: number | null;
}

export interface WebhookAttempts {
  delivery_id: string;
  position: number;
  at: number;
  status: number | null;
  reason: string | null;
}

export interface DeliveriesSchema {
  webhook_deliveries: WebhookDeliveries;
  webhook_attempts: WebhookAttempts;
}
