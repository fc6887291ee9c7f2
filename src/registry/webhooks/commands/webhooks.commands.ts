import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../../core/index.js';
import { WebhookStatus } from '../events.js';
import { WebhookView } from '../registered-webhooks.js';
import { Outcome } from '../sending/sender.js';
import { WireEvent } from '../webhook-event.js';

export interface WebhookInput {
  readonly name: string;
  readonly url: string;
  readonly events: readonly WireEvent[];
  readonly description?: string;
  readonly secret?: string;
  readonly status?: WebhookStatus;
}

export class CreateWebhook extends Command<WebhookView> {
  constructor(
    readonly context: CommandContext,
    readonly input: WebhookInput,
  ) {
    super();
  }
}

/** Only what is given changes; an empty secret ends the signing. */
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
    readonly input: { readonly webhookId: string; readonly event?: WireEvent },
  ) {
    super();
  }
}
