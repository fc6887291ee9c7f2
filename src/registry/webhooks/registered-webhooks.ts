import { Injectable } from '@nestjs/common';
import { CommandContext, CustodyError, PersonalData } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { noRoom, noWebhook, WebhookCommand, WEBHOOKS, webhooksDecider } from './decide.js';
import { Webhook } from './events.js';
import { WebhookEventName } from './webhook-event.js';

/** What answers show. The secret is never among it. */
export type WebhookView = Omit<Webhook, 'url' | 'secret' | 'host' | 'activeSince' | 'replays'> & {
  readonly url: string;
};

/** What a delivery needs; nothing else opens the secret. */
export interface Receiver {
  readonly name: string;
  readonly url: string;
  readonly secret?: string;
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

  async get(webhookId: string): Promise<Webhook> {
    const found = await this.find(webhookId);
    if (!found) throw new CustodyError(noWebhook(webhookId).refusal);
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

  view({ url, secret: _secret, host: _host, activeSince: _since, replays: _replays, ...rest }: Webhook): WebhookView {
    return { ...rest, url: this.opened(url) };
  }

  receiver({ name, url, secret, events }: Webhook): Receiver {
    return { name, url: this.opened(url), events, ...(secret ? { secret: this.opened(secret) } : {}) };
  }

  private opened(sealed: Webhook['url']): string {
    const plain = this.personal.unseal(sealed);
    if (plain === undefined) throw new Error(`the key of webhook ${sealed.subject} is gone`);
    return plain;
  }
}
