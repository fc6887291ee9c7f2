import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { errors } from '../../core/index.js';
import type { CommandContext } from '../../core/index.js';
import { Caller, MLFLOW, Requires } from '../../http/index.js';
import { Models } from '../model/models.js';
import { CreateWebhook, DeleteWebhook, TestWebhook, UpdateWebhook } from '../webhooks/commands/webhooks.commands.js';
import { pageOfWebhooks } from '../webhooks/list.js';
import { RegisteredWebhooks, WebhookView } from '../webhooks/registered-webhooks.js';
import { databricksEventList } from '../webhooks/rules.js';
import { databricksEvent } from '../webhooks/webhook-event.js';
import {
  CreateRegistryWebhookRequest,
  HttpUrlSpecRequest,
  ListRegistryWebhooksRequest,
  RegistryWebhookIdRequest,
  TestRegistryWebhookRequest,
  UpdateRegistryWebhookRequest,
} from './registry-webhooks.request.js';

const DEFAULT_RESULTS = 100;

/** Webhooks with the paths and fields of Databricks' registry; they are the same webhooks as all others. */
@ApiTags('webhooks')
@Controller(MLFLOW)
export class RegistryWebhooksController {
  constructor(
    private readonly commands: CommandBus,
    private readonly webhooks: RegisteredWebhooks,
    private readonly models: Models,
  ) {}

  @Post('registry-webhooks/create')
  @HttpCode(200)
  @Requires('webhook:write')
  async create(@Caller() context: CommandContext, @Body() request: CreateRegistryWebhookRequest): Promise<object> {
    const { model_name: name, description, status, http_url_spec: spec, job_spec: job } = request;
    noJob(job);
    const { url, ...secrets } = target(spec);
    if (url === undefined) throw errors.invalid('invalid-parameter', 'http_url_spec.url is missing', 'http_url_spec');
    const events = databricksEventList(request.events);
    const modelId = name ? await this.models.find(name) : undefined;
    const input = { format: 'databricks' as const, url, events, description, status, modelId, ...secrets };
    return { webhook: await this.wire(await this.commands.execute(new CreateWebhook(context, input))) };
  }

  @Get('registry-webhooks/list')
  @Requires('webhook:read')
  async list(@Query() request: ListRegistryWebhooksRequest): Promise<object> {
    const { model_name: name, events, max_results: size = DEFAULT_RESULTS, page_token: token } = request;
    const modelId = name ? await this.models.find(name) : undefined;
    const asked = events === undefined ? undefined : databricksEventList([events].flat());
    const known = (await this.webhooks.all()).filter(
      (webhook) =>
        webhook.format === 'databricks' &&
        (modelId === undefined || webhook.modelId === modelId) &&
        (asked?.some((event) => webhook.events.includes(event)) ?? true),
    );
    const { items, nextPageToken } = pageOfWebhooks(known, size, token);
    return {
      webhooks: await Promise.all(items.map((webhook) => this.wire(this.webhooks.view(webhook)))),
      ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }),
    };
  }

  @Patch('registry-webhooks/update')
  @Requires('webhook:write')
  async update(@Caller() context: CommandContext, @Body() request: UpdateRegistryWebhookRequest): Promise<object> {
    const { id: webhookId, description, status, events, http_url_spec: spec, job_spec: job } = request;
    noJob(job);
    await this.webhooks.get(webhookId, 'databricks');
    const asked = events?.length ? { events: databricksEventList(events) } : {};
    const command = new UpdateWebhook(context, { webhookId, description, status, ...target(spec), ...asked });
    return { webhook: await this.wire(await this.commands.execute(command)) };
  }

  @Delete('registry-webhooks/delete')
  @Requires('webhook:write')
  async remove(
    @Caller() context: CommandContext,
    @Query() { id: webhookId }: RegistryWebhookIdRequest,
  ): Promise<object> {
    await this.webhooks.get(webhookId, 'databricks');
    await this.commands.execute(new DeleteWebhook(context, { webhookId }));
    return {};
  }

  /** Of what could not be reached there is no status; the body says why then. */
  @Post('registry-webhooks/test')
  @HttpCode(200)
  @Requires('webhook:write')
  async test(
    @Caller() context: CommandContext,
    @Body() { id: webhookId, event }: TestRegistryWebhookRequest,
  ): Promise<object> {
    await this.webhooks.get(webhookId, 'databricks');
    const asked = event === undefined ? {} : { event: databricksEvent(event, 'event') };
    const { status, body, reason } = await this.commands.execute(new TestWebhook(context, { webhookId, ...asked }));
    return status === undefined ? { body: reason } : { status_code: status, body };
  }

  private async wire(view: WebhookView): Promise<object> {
    const { webhookId, modelId, events, status, description, url, createdAt, updatedAt } = view;
    const name = modelId === undefined ? undefined : await this.models.nameOf(modelId);
    return {
      id: webhookId,
      events,
      status,
      http_url_spec: { url, enable_ssl_verification: true },
      ...(name === undefined ? {} : { model_name: name }),
      ...(description ? { description } : {}),
      creation_timestamp: createdAt,
      last_updated_timestamp: updatedAt,
    };
  }
}

function target(spec: HttpUrlSpecRequest = {}): Pick<HttpUrlSpecRequest, 'url' | 'secret' | 'authorization'> {
  const { url, secret, authorization, enable_ssl_verification: verified = true } = spec;
  const field = 'http_url_spec.enable_ssl_verification';
  if (!verified)
    throw errors.invalid(
      'certificate-unchecked',
      `${field} must be true: certificates of receivers are always checked`,
      field,
    );
  return { url, secret, authorization };
}

function noJob(job: unknown): void {
  if (job === undefined || job === null) return;
  throw errors.invalid(
    'job-webhook',
    'job_spec: this server runs no jobs of Databricks’; give an http_url_spec',
    'job_spec',
  );
}
