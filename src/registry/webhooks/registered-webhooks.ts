import { Injectable } from '@nestjs/common';
import { CommandContext, CustodyError, PersonalData } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { noRoom, noWebhook, WebhookCommand, WEBHOOKS, webhooksDecider } from './decide.js';
import { Webhook, WebhookFormat } from './events.js';
import { WebhookEventName } from './webhook-event.js';

type Hidden = 'secret' | 'authorization' | 'host' | 'activeSince' | 'replays' | 'feed';

/** What answers show. The secret is never among it. */
export type WebhookView = Omit<Webhook, Hidden | 'url'> & {
  readonly url: string;
};

/** What a delivery needs; nothing else opens the secret. */
export interface Receiver {
  readonly name: string;
  readonly url: string;
  readonly format: WebhookFormat;
  readonly secret?: string;
  readonly authorization?: string;
  readonly events: readonly WebhookEventName[];
}

/** The webhooks there are, read from the log itself: never behind. Opens what is sealed in them. */
@Injectable()
export class RegisteredWebhooks {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly personal: PersonalData,
  ) {}

  async all(): Promise<readonly Webhook[]> {
    return [...(await this.decisions.load(webhooksDecider, WEBHOOKS)).state.byId.values()];
  }

  async find(webhookId: string): Promise<Webhook | undefined> {
    return (await this.decisions.load(webhooksDecider, WEBHOOKS)).state.byId.get(webhookId);
  }

  /** @param format of clients that know webhooks of this form only: others are none to them */
  async get(webhookId: string, format?: WebhookFormat): Promise<Webhook> {
    const found = await this.find(webhookId);
    if (!found || (format !== undefined && found.format !== format))
      throw new CustodyError(noWebhook(webhookId).refusal);
    return found;
  }

  /** @throws CustodyError when there can't be one more */
  async assertRoomFor(webhookId: string): Promise<void> {
    const { state } = await this.decisions.load(webhooksDecider, WEBHOOKS);
    const none = state.byId.has(webhookId) ? undefined : noRoom(state);
    if (none) throw new CustodyError(none.refusal);
  }

  async decide(command: WebhookCommand, context: CommandContext): Promise<Webhook | undefined> {
    const { state } = await this.decisions.decide(webhooksDecider, WEBHOOKS, command, context);
    return state.byId.get(command.webhookId);
  }

  view(webhook: Webhook): WebhookView {
    const { webhookId, name, format, modelId, events, status, description, createdAt, updatedAt, url } = webhook;
    const shown = { webhookId, name, format, events, status, createdAt, updatedAt, url: this.opened(url) };
    return {
      ...shown,
      ...(modelId === undefined ? {} : { modelId }),
      ...(description === undefined ? {} : { description }),
    };
  }

  receiver({ name, format, url, secret, authorization, events }: Webhook): Receiver {
    return {
      name,
      url: this.opened(url),
      format,
      events,
      ...(secret ? { secret: this.opened(secret) } : {}),
      ...(authorization ? { authorization: this.opened(authorization) } : {}),
    };
  }

  private opened(sealed: Webhook['url']): string {
    const plain = this.personal.unseal(sealed);
    if (plain === undefined) throw new Error(`the key of webhook ${sealed.subject} is gone`);
    return plain;
  }
}
