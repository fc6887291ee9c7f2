import { setTimeout as sleep } from 'node:timers/promises';
import { BeforeApplicationShutdown, Inject, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Delivery, type Ledger, LEDGER } from '../../ledger/index.js';
import { Courier } from './courier.js';
import { type WebhookOptions, WEBHOOK_OPTIONS } from './options.js';
import { TOLD } from './payload.js';
import { RegisteredWebhooks } from './registered-webhooks.js';

const RETRY_MS = 5000;
/** An attempt with all its repetitions takes a minute or two; this is for a server that hangs. */
const ACK_TIMEOUT_MS = 15 * 60_000;

/**
 * Tells every webhook what happens in the registry: each is a group of consumers of its own, so it has
 * its own place in the log, keeps the order, and one whose receiver is away delays no other. At least
 * once, also across crashes; a delivery's id stays the same, so that a receiver can tell.
 */
@Injectable()
export class DeliverToWebhooks implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DeliverToWebhooks.name);
  private readonly stopping = new AbortController();
  private readonly following = new Map<string, AbortController>();
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(WEBHOOK_OPTIONS) private readonly options: WebhookOptions,
    private readonly webhooks: RegisteredWebhooks,
    private readonly courier: Courier,
  ) {}

  onApplicationBootstrap(): void {
    this.run(this.watch());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.underWay);
  }

  /** Makes the webhook's place in the log, at the end of it, before there is the webhook: it misses nothing. */
  async reservePlace(webhookId: string): Promise<void> {
    await (await this.consume(webhookId)).close();
  }

  /** Takes up webhooks that are new and lets go of those that are gone. */
  async refresh(): Promise<void> {
    const ids = new Set((await this.webhooks.all()).map(({ webhookId }) => webhookId));
    if (this.stopping.signal.aborted) return;
    for (const [id, stop] of this.following) if (!ids.has(id)) stop.abort();
    for (const id of ids) if (!this.following.has(id)) this.run(this.follow(id));
  }

  private run(work: Promise<void>): void {
    const entry = work.finally(() => this.underWay.delete(entry));
    this.underWay.add(entry);
  }

  /** Other servers on the same log make webhooks too. */
  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.refresh().catch((error: unknown) => this.warn('the webhooks could not be read', error));
      await sleep(this.options.refreshMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async follow(webhookId: string): Promise<void> {
    const stop = new AbortController();
    this.following.set(webhookId, stop);
    const signal = AbortSignal.any([stop.signal, this.stopping.signal]);
    while (!signal.aborted) {
      await this.deliver(webhookId, signal).catch((error: unknown) => this.warn('deliveries stopped', error));
      await sleep(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
    this.following.delete(webhookId);
  }

  private async deliver(webhookId: string, signal: AbortSignal): Promise<void> {
    const consumer = await this.consume(webhookId);
    const close = () => void consumer.close().catch(() => undefined);
    signal.addEventListener('abort', close, { once: true });
    try {
      if (signal.aborted) return;
      for await (const delivery of consumer) await this.handle(webhookId, delivery, signal);
    } finally {
      signal.removeEventListener('abort', close);
      await consumer.close();
    }
  }

  /** What is not acknowledged, because the server stops or the log is away, comes again. */
  private async handle(webhookId: string, delivery: Delivery, signal: AbortSignal): Promise<void> {
    try {
      const webhook = await this.webhooks.find(webhookId);
      if (webhook?.status === 'ACTIVE') await this.courier.deliver(webhook, delivery.event, signal);
      if (!signal.aborted) await delivery.ack();
    } catch (error) {
      if (signal.aborted) return;
      this.warn('a delivery could not be made or recorded', error);
      await sleep(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await delivery.nack('retry', 'the delivery could not be made or recorded');
    }
  }

  private consume(webhookId: string) {
    return this.ledger.consume(`webhook-${webhookId}`, {
      types: TOLD,
      startFrom: 'end',
      ackTimeoutMs: ACK_TIMEOUT_MS,
      inFlight: 1,
    });
  }

  private warn(what: string, error: unknown): void {
    this.logger.warn(`webhooks: ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
