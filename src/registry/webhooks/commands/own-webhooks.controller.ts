import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires } from '../../../http/index.js';
import { RegisteredWebhooks, WebhookView } from '../registered-webhooks.js';
import { databricksEventList, webhookEventList } from '../rules.js';
import { databricksEvent, webhookEvent, WebhookEventName } from '../webhook-event.js';
import { outcomeWire } from '../wire.js';
import { OwnTestRequest, OwnUpdateRequest, OwnWebhookRequest } from './own-webhooks.request.js';
import { CreateWebhook, DeleteWebhook, TestWebhook, UpdateWebhook } from './webhooks.commands.js';

/**
 * All webhooks, of either form, and all that they can be told of: MLflow's clients know neither approvals
 * nor stages nor alerts, those of Databricks no aliases.
 */
@ApiTags('webhooks')
@Controller(`${CUSTODY_API}/webhooks`)
export class OwnWebhooksController {
  constructor(
    private readonly commands: CommandBus,
    private readonly webhooks: RegisteredWebhooks,
  ) {}

  @Post()
  @HttpCode(200)
  @Requires('webhook:write')
  async create(@Caller() context: CommandContext, @Body() request: OwnWebhookRequest): Promise<object> {
    const { format = 'mlflow', events: names, ...rest } = request;
    const events = namedEvents(names, format);
    return { webhook: wire(await this.commands.execute(new CreateWebhook(context, { ...rest, format, events }))) };
  }

  @Get()
  @Requires('webhook:read')
  async list(): Promise<object> {
    return { webhooks: (await this.webhooks.all()).map((webhook) => wire(this.webhooks.view(webhook))) };
  }

  @Get(':webhook_id')
  @Requires('webhook:read')
  async get(@Param('webhook_id') webhookId: string): Promise<object> {
    return { webhook: wire(this.webhooks.view(await this.webhooks.get(webhookId))) };
  }

  @Patch(':webhook_id')
  @Requires('webhook:write')
  async update(
    @Caller() context: CommandContext,
    @Param('webhook_id') webhookId: string,
    @Body() { events, ...rest }: OwnUpdateRequest,
  ): Promise<object> {
    const { format } = await this.webhooks.get(webhookId);
    const asked = events === undefined ? {} : { events: namedEvents(events, format) };
    const command = new UpdateWebhook(context, { webhookId, ...rest, ...asked });
    return { webhook: wire(await this.commands.execute(command)) };
  }

  @Delete(':webhook_id')
  @Requires('webhook:write')
  async remove(@Caller() context: CommandContext, @Param('webhook_id') webhookId: string): Promise<object> {
    await this.commands.execute(new DeleteWebhook(context, { webhookId }));
    return {};
  }

  /** Sends an example at once, of the event or the first that the webhook is told of. */
  @Post(':webhook_id/test')
  @HttpCode(200)
  @Requires('webhook:write')
  async test(
    @Caller() context: CommandContext,
    @Param('webhook_id') webhookId: string,
    @Body() { event }: OwnTestRequest,
  ): Promise<object> {
    const { format } = await this.webhooks.get(webhookId);
    const asked = event === undefined ? {} : { event: namedEvent(event, format) };
    return { result: outcomeWire(await this.commands.execute(new TestWebhook(context, { webhookId, ...asked }))) };
  }
}

const pair = (name: string) => {
  const [entity = '', ...action] = name.split('.');
  return { entity: entity.toUpperCase(), action: action.join('.').toUpperCase() };
};

const namedEvents = (names: readonly string[], format: WebhookView['format']): readonly WebhookEventName[] =>
  format === 'databricks' ? databricksEventList(names) : webhookEventList(names.map(pair));

const namedEvent = (name: string, format: WebhookView['format']): WebhookEventName =>
  format === 'databricks' ? databricksEvent(name, 'event') : webhookEvent(pair(name), 'event');

const wire = (view: WebhookView): object => ({
  webhook_id: view.webhookId,
  name: view.name,
  format: view.format,
  url: view.url,
  events: view.events,
  status: view.status,
  ...(view.modelId === undefined ? {} : { model_id: view.modelId }),
  ...(view.description ? { description: view.description } : {}),
  created_at: view.createdAt,
  updated_at: view.updatedAt,
});
