import { Command } from '@nestjs/cqrs';
import { CommandContext, ModelId } from '../../../core/index.js';
import { WebhookFormat, WebhookStatus } from '../events.js';
import { WebhookView } from '../registered-webhooks.js';
import { Outcome } from '../sending/sender.js';
import { WebhookEventName } from '../webhook-event.js';

export interface WebhookInput {
  /** Made of its id, where there is none. */
  readonly name?: string;
  readonly url: string;
  readonly events: readonly WebhookEventName[];
  readonly description?: string;
  readonly secret?: string;
  /** Value of the header Authorization. */
  readonly authorization?: string;
  readonly status?: WebhookStatus;
}

export class CreateWebhook extends Command<WebhookView> {
  constructor(
    readonly context: CommandContext,
    readonly input: WebhookInput & { readonly format: WebhookFormat; readonly modelId?: ModelId },
  ) {
    super();
  }
}

/** Only what is given changes; an empty secret ends the signing, an empty authorization its header. */
export class UpdateWebhook extends Command<WebhookView> {
  constructor(
    readonly context: CommandContext,
    readonly input: Partial<WebhookInput> & { readonly webhookId: string },
  ) {
    super();
  }
}

export class DeleteWebhook extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly webhookId: string },
  ) {
    super();
  }
}

/** Tells a webhook again what it could not be told; answers how many that are. */
export class ReplayDeliveries extends Command<number> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly webhookId: string },
  ) {
    super();
  }
}

/** Sends an example of the event, or of the first that the webhook is told of. */
export class TestWebhook extends Command<Outcome> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly webhookId: string; readonly event?: WebhookEventName },
  ) {
    super();
  }
}
