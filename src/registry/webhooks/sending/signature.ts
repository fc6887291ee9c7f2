import { createHmac } from 'node:crypto';

import type { Receiver } from '../registered-webhooks.js';

export const SIGNATURE_HEADER = 'X-MLflow-Signature';
export const DATABRICKS_SIGNATURE_HEADER = 'X-Databricks-Signature';
export const TIMESTAMP_HEADER = 'X-MLflow-Timestamp';
export const DELIVERY_HEADER = 'X-MLflow-Delivery-Id';

/** As receivers of MLflow's webhooks check it: `v1,` and the HMAC-SHA256 over id, time and body. */
export const signature = (secret: string, deliveryId: string, timestamp: string, body: string): string =>
  `v1,${createHmac('sha256', secret).update(`${deliveryId}.${timestamp}.${body}`).digest('base64')}`;

/** As receivers of Databricks' webhooks check it: the HMAC-SHA256 over the body, in hex. */
export const databricksSignature = (secret: string, body: string): string =>
  createHmac('sha256', secret).update(body).digest('hex');

/** Signed as receivers of its form check it; the id tells a receiver of either of repetitions. */
export function headersOf(
  { format, secret, authorization }: Pick<Receiver, 'format' | 'secret' | 'authorization'>,
  { deliveryId, timestamp, body }: { readonly deliveryId: string; readonly timestamp: string; readonly body: string },
): Readonly<Record<string, string>> {
  const signed = (): Readonly<Record<string, string>> =>
    format === 'databricks'
      ? { [DATABRICKS_SIGNATURE_HEADER]: databricksSignature(secret!, body) }
      : { [SIGNATURE_HEADER]: signature(secret!, deliveryId, timestamp, body) };
  return {
    [DELIVERY_HEADER]: deliveryId,
    [TIMESTAMP_HEADER]: timestamp,
    ...(secret === undefined ? {} : signed()),
    ...(authorization === undefined ? {} : { Authorization: authorization }),
  };
}
