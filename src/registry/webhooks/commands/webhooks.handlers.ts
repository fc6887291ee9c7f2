import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { derivedId, microsToMillis, PersonalData, uuidv7 } from '../../../core/index.js';
import { Courier } from '../courier.js';
import { DeliverToWebhooks } from '../deliver-to-webhooks.js';
import { Feed } from '../events.js';
import { RegisteredWebhooks, WebhookView } from '../registered-webhooks.js';
import { webhookAuthorization, webhookDescription, webhookName, webhookSecret } from '../rules.js';
import { Outcome, WebhookSender } from '../sending/sender.js';
import { hostOf } from '../sending/target.js';
import { CreateWebhook, DeleteWebhook, ReplayDeliveries, TestWebhook, UpdateWebhook } from './webhooks.commands.js';

/** All that is new can be told of everything. */
const FEED: Feed = 2;

@CommandHandler(CreateWebhook)
export class CreateWebhookHandler implements ICommandHandler<CreateWebhook> {
  constructor(
    private readonly webhooks: RegisteredWebhooks,
    private readonly personal: PersonalData,
    private readonly sender: WebhookSender,
    private readonly deliveries: DeliverToWebhooks,
  ) {}

  async execute({ context, input }: CreateWebhook): Promise<WebhookView> {
    const { idempotencyKey } = context;
    const webhookId = idempotencyKey === undefined ? uuidv7() : derivedId('webhook', idempotencyKey);
    const name = webhookName(input.name ?? `webhook-${webhookId}`);
    const { events, format, modelId } = input;
    const authorization = webhookAuthorization(input.authorization ?? '');
    const description = webhookDescription(input.description);
    const secret = webhookSecret(input.secret ?? '');
    await this.webhooks.assertRoomFor(webhookId);
    const host = hostOf(await this.sender.check(input.url));
    await this.deliveries.reservePlace(webhookId, FEED);
    const command = {
      type: 'create' as const,
      webhookId,
      at: microsToMillis(context.now),
      name,
      host,
      url: this.personal.seal(webhookId, input.url),
      events,
      format,
      feed: FEED,
      ...(modelId === undefined ? {} : { modelId }),
      status: input.status ?? ('ACTIVE' as const),
      ...(secret === '' ? {} : { secret: this.personal.seal(webhookId, secret) }),
      ...(authorization === '' ? {} : { authorization: this.personal.seal(webhookId, authorization) }),
      ...(description ? { description } : {}),
    };
    const made = await this.webhooks.decide(command, context);
    await this.deliveries.refresh();
    return this.webhooks.view(made!);
  }
}

@CommandHandler(UpdateWebhook)
export class UpdateWebhookHandler implements ICommandHandler<UpdateWebhook> {
  constructor(
    private readonly webhooks: RegisteredWebhooks,
    private readonly personal: PersonalData,
    private readonly sender: WebhookSender,
  ) {}

  async execute({ context, input }: UpdateWebhook): Promise<WebhookView> {
    const { webhookId, name, url, events, description, secret, authorization, status } = input;
    await this.webhooks.get(webhookId);
    const command = {
      type: 'update' as const,
      webhookId,
      at: microsToMillis(context.now),
      ...(name === undefined ? {} : { name: webhookName(name) }),
      ...(url === undefined ? {} : await this.target(webhookId, url)),
      ...(events === undefined ? {} : { events }),
      ...(description === undefined ? {} : { description: webhookDescription(description) }),
      ...(secret === undefined ? {} : { secret: this.sealed(webhookId, webhookSecret(secret)) }),
      ...(authorization === undefined
        ? {}
        : { authorization: this.sealed(webhookId, webhookAuthorization(authorization)) }),
      ...(status === undefined ? {} : { status }),
    };
    return this.webhooks.view((await this.webhooks.decide(command, context))!);
  }

  private async target(webhookId: string, url: string) {
    return { host: hostOf(await this.sender.check(url)), url: this.personal.seal(webhookId, url) };
  }

  private sealed(webhookId: string, secret: string) {
    return secret === '' ? null : this.personal.seal(webhookId, secret);
  }
}

@CommandHandler(DeleteWebhook)
export class DeleteWebhookHandler implements ICommandHandler<DeleteWebhook> {
  constructor(
    private readonly webhooks: RegisteredWebhooks,
    private readonly deliveries: DeliverToWebhooks,
  ) {}

  async execute({ context, input: { webhookId } }: DeleteWebhook): Promise<void> {
    await this.webhooks.decide({ type: 'delete', webhookId, at: microsToMillis(context.now) }, context);
    await this.deliveries.refresh();
  }
}

@CommandHandler(ReplayDeliveries)
export class ReplayDeliveriesHandler implements ICommandHandler<ReplayDeliveries> {
  constructor(
    private readonly webhooks: RegisteredWebhooks,
    private readonly deliveries: DeliverToWebhooks,
  ) {}

  /** Recorded first: after a crash in between, whoever asks again replays all of it. */
  async execute({ context, input: { webhookId } }: ReplayDeliveries): Promise<number> {
    await this.webhooks.decide({ type: 'replay', webhookId, at: microsToMillis(context.now) }, context);
    return this.deliveries.replay(webhookId);
  }
}

@CommandHandler(TestWebhook)
export class TestWebhookHandler implements ICommandHandler<TestWebhook> {
  constructor(
    private readonly webhooks: RegisteredWebhooks,
    private readonly courier: Courier,
  ) {}

  async execute({ context, input: { webhookId, event } }: TestWebhook): Promise<Outcome> {
    const webhook = await this.webhooks.get(webhookId);
    return this.courier.test(webhook, event ?? webhook.events[0]!, context);
  }
}
