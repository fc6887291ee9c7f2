import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { Caller, MLFLOW, Requires } from '../../../http/index.js';
import { pageOfWebhooks } from '../list.js';
import { RegisteredWebhooks } from '../registered-webhooks.js';
import { webhookEventList } from '../rules.js';
import { isMlflowEvent, webhookEvent } from '../webhook-event.js';
import { outcomeWire, webhookWire } from '../wire.js';
import { CreateWebhook, DeleteWebhook, TestWebhook, UpdateWebhook } from './webhooks.commands.js';
import {
  CreateWebhookRequest,
  ListWebhooksRequest,
  TestWebhookRequest,
  UpdateWebhookRequest,
} from './webhooks.request.js';

const DEFAULT_RESULTS = 100;

@ApiTags('webhooks')
@Controller(MLFLOW)
export class WebhooksController {
  constructor(
    private readonly commands: CommandBus,
    private readonly webhooks: RegisteredWebhooks,
  ) {}

  @Post('webhooks')
  @HttpCode(200)
  @Requires('webhook:write')
  async create(@Caller() context: CommandContext, @Body() request: CreateWebhookRequest): Promise<object> {
    const input = { ...request, events: webhookEventList(request.events), format: 'mlflow' as const };
    return { webhook: webhookWire(await this.commands.execute(new CreateWebhook(context, input))) };
  }

  /** MLflow's client knows its own events only, so others are left out here; `/api/v1/webhooks` has all. */
  @Get('webhooks')
  @Requires('webhook:read')
  async list(@Query() request: ListWebhooksRequest): Promise<object> {
    const { max_results: size = DEFAULT_RESULTS, page_token: token } = request;
    const known = (await this.webhooks.all()).filter(({ events }) => events.some(isMlflowEvent));
    const { items, nextPageToken } = pageOfWebhooks(known, size, token);
    return {
      ...(items.length > 0 ? { webhooks: items.map((webhook) => webhookWire(this.webhooks.view(webhook))) } : {}),
      ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }),
    };
  }

  @Get('webhooks/:webhook_id')
  @Requires('webhook:read')
  async get(@Param('webhook_id') webhookId: string): Promise<object> {
    return { webhook: webhookWire(this.webhooks.view(await this.webhooks.get(webhookId, 'mlflow'))) };
  }

  /**
   * As in MLflow, an empty name, URL or list of events is as good as none given. Events that MLflow's clients
   * can't see they can't take away either.
   */
  @Patch('webhooks/:webhook_id')
  @Requires('webhook:write')
  async update(
    @Caller() context: CommandContext,
    @Param('webhook_id') webhookId: string,
    @Body() { name, url, events, ...rest }: UpdateWebhookRequest,
  ): Promise<object> {
    const { events: before } = await this.webhooks.get(webhookId, 'mlflow');
    const unseen = before.filter((event) => !isMlflowEvent(event));
    const asked = events?.length ? [...new Set([...webhookEventList(events), ...unseen])] : undefined;
    const given = { name: name || undefined, url: url || undefined, events: asked };
    const command = new UpdateWebhook(context, { webhookId, ...given, ...rest });
    return { webhook: webhookWire(await this.commands.execute(command)) };
  }

  @Delete('webhooks/:webhook_id')
  @Requires('webhook:write')
  async remove(@Caller() context: CommandContext, @Param('webhook_id') webhookId: string): Promise<object> {
    await this.webhooks.get(webhookId, 'mlflow');
    await this.commands.execute(new DeleteWebhook(context, { webhookId }));
    return {};
  }

  @Post('webhooks/:webhook_id/test')
  @HttpCode(200)
  @Requires('webhook:write')
  async test(
    @Caller() context: CommandContext,
    @Param('webhook_id') webhookId: string,
    @Body() { event }: TestWebhookRequest,
  ): Promise<object> {
    await this.webhooks.get(webhookId, 'mlflow');
    const input = { webhookId, event: event && webhookEvent(event, 'event') };
    return { result: outcomeWire(await this.commands.execute(new TestWebhook(context, input))) };
  }
}
