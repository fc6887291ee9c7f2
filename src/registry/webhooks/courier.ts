import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  CommandContext,
  derivedId,
  JsonObject,
  Micros,
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
import { databricksBody, databricksMessageOf } from './databricks-message.js';
import { deliveriesStream, deliveryIdOf } from './decide.js';
import { DeliveryEvent, Webhook } from './events.js';
import { type WebhookOptions, WEBHOOK_OPTIONS } from './options.js';
import { Facts, isOfApproval, requestFacts } from './facts.js';
import { governanceMessageOf } from './governance-message.js';
import { exampleOf, messageOf } from './payload.js';
import { Receiver, RegisteredWebhooks } from './registered-webhooks.js';
import { Outcome, WebhookSender } from './sending/sender.js';
import { headersOf } from './sending/signature.js';
import { isDatabricksEvent, WebhookEventName } from './webhook-event.js';

interface Told {
  readonly event: WebhookEventName;
  readonly data: JsonObject;
}

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
    const told = await this.toldOf(webhook, event);
    if (!told || (await this.isMissed(webhook, event))) return undefined;
    const deliveryId = deliveryIdOf(webhook.webhookId, event.id);
    const receiver = this.webhooks.receiver(webhook);
    const body = bodyOf(webhook, told, event.recordedAt);
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.send(receiver, { deliveryId, body, signal });
      if (outcome.reason === undefined || !outcome.passing || attempt > this.options.retries) {
        await this.record(webhook, this.result(webhook, told.event, { event, outcome, attempts: attempt }), event);
        return outcome.reason;
      }
      const waitMs = this.options.backoffMs(attempt);
      await this.recordAttempt(webhook, told.event, { event, outcome, attempt, waitMs });
      await sleep(waitMs, undefined, { signal, ref: false });
    }
  }

  private async toldOf({ format, events, modelId }: Webhook, event: RecordedEvent): Promise<Told | undefined> {
    const facts = await this.factsOf(event);
    if (modelId !== undefined && facts.modelId !== modelId) return undefined;
    if (format === 'databricks') {
      const message = databricksMessageOf(event, facts);
      const asked = message?.events.find((name) => events.includes(name));
      return message && asked ? { event: asked, data: message.data } : undefined;
    }
    const message = messageOf(event, facts.ofPrompt) ?? governanceMessageOf(event, facts);
    return message && events.includes(message.event) ? message : undefined;
  }

  /** Tags and aliases of a prompt are told as a prompt's; what a request is about, its first event says. */
  private async factsOf(event: RecordedEvent): Promise<Facts> {
    if (!isOfApproval(event)) {
      const modelId = event.data['modelId'] as ModelId | undefined;
      if (modelId === undefined) return { ofPrompt: false };
      return { modelId, ofPrompt: isPrompt((await this.models.load(modelId)).tags) };
    }
    const [first] = event.type === 'ApprovalRequested' ? [event] : await this.ledger.read(event.stream, { limit: 1 });
    const request = requestFacts(first!);
    const modelId = request.action['model_id'] as ModelId | undefined;
    return { ofPrompt: false, request, ...(modelId === undefined ? {} : { modelId }) };
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
    const body = bodyOf(webhook, { event, data: exampleOf(event) }, context.now);
    const deliveryId = testIdOf(webhook.webhookId, context.origin.requestId);
    const outcome = await this.send(this.webhooks.receiver(webhook), { deliveryId, body });
    const { webhookId, name } = webhook;
    const { status, reason } = outcome;
    const about = { webhookId, name, event, deliveryId, at: microsToMillis(context.now) };
    const tested: DeliveryEvent = { type: 'WebhookTested', data: { ...about, ...defined({ status, reason }) } };
    await this.decisions.record(deliveriesStream(webhookId), [tested], context);
    return outcome;
  }

  private send(
    receiver: Receiver,
    { deliveryId, body, signal }: { readonly deliveryId: string; readonly body: string; readonly signal?: AbortSignal },
  ): Promise<Outcome> {
    const timestamp = String(Math.floor(this.options.clock.now() / 1_000_000));
    const headers = headersOf(receiver, { deliveryId, timestamp, body });
    return this.sender.send({ url: receiver.url, headers, body, ...(signal ? { signal } : {}) });
  }

  /** Every attempt is one: it has no key that would make two of them one. */
  private async recordAttempt(
    { webhookId, name }: Webhook,
    named: WebhookEventName,
    told: {
      readonly event: RecordedEvent;
      readonly outcome: Outcome;
      readonly attempt: number;
      readonly waitMs: number;
    },
  ): Promise<void> {
    const { event, outcome, attempt, waitMs } = told;
    const { id: causationId, correlationId } = event;
    const now = this.options.clock.now();
    const at = microsToMillis(now);
    const about = { webhookId, name, event: named, eventId: event.id, attempt, at, nextAt: at + waitMs };
    const data = { ...about, ...defined({ status: outcome.status }), reason: outcome.reason! };
    const context = systemContext(now, 'told a webhook', { correlationId, causationId });
    await this.decisions.record(deliveriesStream(webhookId), [{ type: 'WebhookAttemptFailed', data }], context);
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

const testIdOf = (webhookId: string, requestId: string) => derivedId('webhook-test', webhookId, requestId);

/** Once made, the text is what is sent and what is signed. */
function bodyOf({ webhookId }: Webhook, { event, data }: Told, at: Micros): string {
  if (isDatabricksEvent(event)) return databricksBody(event, { webhookId, at, data });
  const [entity, action] = event.split('.');
  const payload: JsonObject = { entity: entity!, action: action!, timestamp: toIso(at), data };
  return JSON.stringify(payload);
}

const defined = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
