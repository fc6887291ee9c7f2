import { setTimeout as sleep } from 'node:timers/promises';
import { BeforeApplicationShutdown, Inject, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Delivery, type Ledger, LEDGER, LedgerUnavailable, ParkedEvent } from '../../ledger/index.js';
import { Courier } from './courier.js';
import { Feed } from './events.js';
import { type WebhookOptions, WEBHOOK_OPTIONS } from './options.js';
import { FED } from './payload.js';
import { RegisteredWebhooks } from './registered-webhooks.js';

/** After so many failures of this server's own a delivery is parked, here, where that is recorded first. */
const MAX_RETRIES = 10;
const NO_LIMIT = 1_000_000;
/** An attempt with all its repetitions takes a minute or two; this is for a server that hangs. */
const ACK_TIMEOUT_MS = 15 * 60_000;

/**
 * Tells every webhook what happens in the registry: each is a group of consumers of its own, so it has
 * its own place in the log, keeps the order also over crashes and among several servers, and one whose
 * receiver is away delays no other. At least once; a delivery's id stays the same, so that a receiver can
 * tell. What is given up is recorded and parked, and comes again when somebody replays it.
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
  async reservePlace(webhookId: string, feed: Feed): Promise<void> {
    await (await this.consume(webhookId, feed)).close();
  }

  /** Takes up webhooks that are new and lets go of those that are gone. */
  async refresh(): Promise<void> {
    const ids = new Set((await this.webhooks.all()).map(({ webhookId }) => webhookId));
    if (this.stopping.signal.aborted) return;
    for (const [id, stop] of this.following) if (!ids.has(id)) stop.abort();
    for (const id of ids) if (!this.following.has(id)) this.run(this.follow(id));
  }

  parked(webhookId: string): Promise<readonly ParkedEvent[]> {
    return this.ledger.parked(groupOf(webhookId));
  }

  replay(webhookId: string): Promise<number> {
    return this.ledger.replayParked(groupOf(webhookId));
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
      await this.pause(signal);
    }
    this.following.delete(webhookId);
  }

  private async deliver(webhookId: string, signal: AbortSignal): Promise<void> {
    const webhook = await this.webhooks.find(webhookId);
    if (!webhook) return;
    const consumer = await this.consume(webhookId, webhook.feed);
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

  /** What is not acknowledged, because the server stops, comes again. */
  private async handle(webhookId: string, delivery: Delivery, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const givenUp = await this.tell(webhookId, delivery, signal);
        if (signal.aborted) return;
        return await (givenUp === undefined ? delivery.ack() : delivery.nack('park', givenUp));
      } catch (error) {
        if (signal.aborted) return;
        this.warn('a delivery could not be made or recorded', error);
        await this.pause(signal);
        // That the log is away is no fault of the delivery: nothing is decided about it until the log is back.
        if (error instanceof LedgerUnavailable || signal.aborted) continue;
        return delivery.nack('retry', 'the delivery could not be made or recorded');
      }
    }
  }

  /** @returns why it was given up, which is in the log then */
  private async tell(webhookId: string, delivery: Delivery, signal: AbortSignal): Promise<string | undefined> {
    const { event, retries } = delivery;
    const webhook = await this.webhooks.find(webhookId);
    if (webhook?.status !== 'ACTIVE') return undefined;
    if (retries <= MAX_RETRIES) return this.courier.deliver(webhook, event, signal);
    const reason = `this server failed ${retries} times to make the delivery or to record it; its log says why`;
    await this.courier.park(webhook, event, reason, retries);
    return reason;
  }

  private async pause(signal: AbortSignal): Promise<void> {
    await sleep(this.options.retryMs, undefined, { signal, ref: false }).catch(() => undefined);
  }

  private consume(webhookId: string, feed: Feed) {
    return this.ledger.consume(groupOf(webhookId), {
      types: FED[feed],
      startFrom: 'end',
      ackTimeoutMs: ACK_TIMEOUT_MS,
      maxRetries: NO_LIMIT,
      ordered: true,
    });
  }

  private warn(what: string, error: unknown): void {
    this.logger.warn(`webhooks: ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const groupOf = (webhookId: string): string => `webhook-${webhookId}`;
