import { createHmac } from 'node:crypto';

export const SIGNATURE_HEADER = 'X-MLflow-Signature';
export const TIMESTAMP_HEADER = 'X-MLflow-Timestamp';
export const DELIVERY_HEADER = 'X-MLflow-Delivery-Id';

/** As receivers of MLflow's webhooks check it: `v1,` and the HMAC-SHA256 over id, time and body. */
export const signature = (secret: string, deliveryId: string, timestamp: string, body: string): string =>
  `v1,${createHmac('sha256', secret).update(`${deliveryId}.${timestamp}.${body}`).digest('base64')}`;
