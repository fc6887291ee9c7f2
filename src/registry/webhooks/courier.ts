import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  CommandContext,
  derivedId,
  JsonObject,
  microsToMillis,
  millisToMicros,
  ModelId,
  RecordedEvent,
  systemContext,
  toIso,
} from '../../core/index.js';
import { DecisionMaker, DEFAULT_PAGE, type Ledger, LEDGER } from '../../ledger/index.js';
import { Models } from '../model/models.js';
import { isPrompt } from '../prompt.js';
import { deliveriesStream } from './decide.js';
import { DeliveryEvent, Webhook } from './events.js';
import { type WebhookOptions, WEBHOOK_OPTIONS } from './options.js';
import { exampleOf, Message, messageOf } from './payload.js';
import { Receiver, RegisteredWebhooks } from './registered-webhooks.js';
import { Outcome, WebhookSender } from './sending/sender.js';
import { DELIVERY_HEADER, signature, SIGNATURE_HEADER, TIMESTAMP_HEADER } from './sending/signature.js';
import { WebhookEventName } from './webhook-event.js';

/** Brings one message to one webhook, and records what became of it. */
@Injectable()
export class Courier {
  constructor(
    private readonly webhooks: RegisteredWebhooks,
    private readonly sender: WebhookSender,
    private readonly models: Models,
    private readonly decisions: DecisionMaker,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(WEBHOOK_OPTIONS) private readonly options: WebhookOptions,
  ) {}

  /**
   * Nothing is recorded when the signal aborts: the delivery comes again.
   * @returns why it was given up, if it was
   */
  async deliver(webhook: Webhook, event: RecordedEvent, signal: AbortSignal): Promise<string | undefined> {
    if (await this.isMissed(webhook, event)) return undefined;
    const message = await this.messageOf(event);
    if (!message || !webhook.events.includes(message.event)) return undefined;
    const deliveryId = derivedId('webhook-delivery', webhook.webhookId, event.id);
    const receiver = this.webhooks.receiver(webhook);
    const body = bodyOf(message, toIso(event.recordedAt));
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.send(receiver, { deliveryId, body, signal });
      if (outcome.reason === undefined || !outcome.passing || attempt > this.options.retries) {
        await this.record(webhook, this.result(webhook, message.event, { event, outcome, attempts: attempt }), event);
        return outcome.reason;
      }
      await sleep(this.options.backoffMs(attempt), undefined, { signal, ref: false });
    }
  }

  /** What this server could not do, whatever its receiver would have said. */
  async park(webhook: Webhook, event: RecordedEvent, reason: string, retries: number): Promise<void> {
    const { webhookId, name } = webhook;
    const at = microsToMillis(this.options.clock.now());
    const data = { webhookId, name, at, eventId: event.id, eventType: event.type, reason, retries };
    await this.record(webhook, { type: 'WebhookDeliveryParked', data }, event);
  }

  /** Sends an example once and at once. */
  async test(webhook: Webhook, event: WebhookEventName, context: CommandContext): Promise<Outcome> {
    const body = bodyOf({ event, data: exampleOf(event) }, toIso(context.now));
    const deliveryId = derivedId('webhook-test', webhook.webhookId, context.origin.requestId);
    const outcome = await this.send(this.webhooks.receiver(webhook), { deliveryId, body });
    const { webhookId, name } = webhook;
    const { status, reason } = outcome;
    const about = { webhookId, name, event, at: microsToMillis(context.now) };
    const tested: DeliveryEvent = { type: 'WebhookTested', data: { ...about, ...defined({ status, reason }) } };
    await this.decisions.record(deliveriesStream(webhookId), [tested], context);
    return outcome;
  }

  private send(
    { url, secret }: Receiver,
    { deliveryId, body, signal }: { readonly deliveryId: string; readonly body: string; readonly signal?: AbortSignal },
  ): Promise<Outcome> {
    const timestamp = String(Math.floor(this.options.clock.now() / 1_000_000));
    const headers = {
      [DELIVERY_HEADER]: deliveryId,
      [TIMESTAMP_HEADER]: timestamp,
      ...(secret === undefined ? {} : { [SIGNATURE_HEADER]: signature(secret, deliveryId, timestamp, body) }),
    };
    return this.sender.send({ url, headers, body, ...(signal ? { signal } : {}) });
  }

  /** Tags and aliases of a prompt are told as a prompt's; whether it is one, the model says. */
  private async messageOf(event: RecordedEvent): Promise<Message | undefined> {
    const { tags } = await this.models.load(event.data['modelId'] as ModelId);
    return messageOf(event, isPrompt(tags));
  }

  private result(
    { webhookId, name }: Webhook,
    event: WebhookEventName,
    told: { readonly event: RecordedEvent; readonly outcome: Outcome; readonly attempts: number },
  ): DeliveryEvent {
    const { outcome, attempts } = told;
    const { status, reason } = outcome;
    const at = microsToMillis(this.options.clock.now());
    const about = { webhookId, name, event, eventId: told.event.id, attempts, at };
    if (reason === undefined) return { type: 'WebhookDelivered', data: { ...about, status: status! } };
    return { type: 'WebhookDeliveryFailed', data: { ...about, ...defined({ status }), reason } };
  }

  /** What happened while it was switched off is not made up for, unless it was tried before and is replayed. */
  private async isMissed({ webhookId, activeSince, replays }: Webhook, event: RecordedEvent): Promise<boolean> {
    if (event.recordedAt >= millisToMicros(activeSince)) return false;
    return replays === 0 || !(await this.wasTried(webhookId, event.id));
  }

  private async wasTried(webhookId: string, eventId: string): Promise<boolean> {
    for (let from = 0; ; from += DEFAULT_PAGE) {
      const page = await this.ledger.read(deliveriesStream(webhookId), { from, limit: DEFAULT_PAGE });
      if (page.some(({ data }) => data['eventId'] === eventId)) return true;
      if (page.length < DEFAULT_PAGE) return false;
    }
  }

  /**
   * Its id derives from what it is about: a delivery that comes again after a crash is recorded once, one that
   * is replayed once more.
   */
  private async record({ webhookId, replays }: Webhook, result: DeliveryEvent, { id, correlationId }: RecordedEvent) {
    const idempotencyKey = `webhook/${webhookId}/${id}${replays === 0 ? '' : `/${replays}`}`;
    const what = 'told a webhook';
    const context = systemContext(this.options.clock.now(), what, { correlationId, causationId: id, idempotencyKey });
    await this.decisions.record(deliveriesStream(webhookId), [result], context);
  }
}

/** Once made, the text is what is sent and what is signed. */
function bodyOf({ event, data }: Message, timestamp: string): string {
  const [entity, action] = event.split('.');
  const payload: JsonObject = { entity: entity!, action: action!, timestamp, data };
  return JSON.stringify(payload);
}

const defined = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
