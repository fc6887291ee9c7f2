import { Clock } from '../../core/index.js';
import { WebhookAllow } from './sending/internal-receivers.js';

export interface WebhookOptions {
  /** Receivers on this machine, also by http: for trying things out. */
  readonly allowLoopback: boolean;
  /** Receivers inside the house; none by default. */
  readonly allow: WebhookAllow;
  /** For one attempt, from looking up the name to the end of the answer. */
  readonly timeoutMs: number;
  /** After the first attempt. */
  readonly retries: number;
  readonly backoffMs: (attempt: number) => number;
  /** How soon this server tries again after a failure of its own. */
  readonly retryMs: number;
  /** How soon a webhook that another server made is taken up here. */
  readonly refreshMs: number;
  readonly resolve: (host: string) => Promise<readonly string[]>;
  readonly clock: Clock;
}

/** Of what is called, and how; also for what else this server sends out. */
export type SenderOptions = Pick<WebhookOptions, 'allowLoopback' | 'allow' | 'timeoutMs' | 'resolve'>;

export const WEBHOOK_OPTIONS = Symbol('webhook-options');
