import { DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { systemClock } from '../../core/index.js';
import { RegistryWebhooksController } from '../databricks/registry-webhooks.controller.js';
import { RegistryCoreModule } from '../registry-core.module.js';
import { OwnWebhooksController } from './commands/own-webhooks.controller.js';
import { ParkedDeliveriesController } from './commands/parked-deliveries.controller.js';
import { WebhooksController } from './commands/webhooks.controller.js';
import {
  CreateWebhookHandler,
  DeleteWebhookHandler,
  ReplayDeliveriesHandler,
  TestWebhookHandler,
  UpdateWebhookHandler,
} from './commands/webhooks.handlers.js';
import { Courier } from './courier.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { ListDeliveriesHandler } from './deliveries/query.js';
import { DeliverToWebhooks } from './deliver-to-webhooks.js';
import { WEBHOOK_OPTIONS, WebhookOptions } from './options.js';
import { RegisteredWebhooks } from './registered-webhooks.js';
import { resolveHost, WebhookSender } from './sending/sender.js';

/** After 1, 2 and 4 seconds; MLflow's own server tries as often. */
const DEFAULTS: Omit<WebhookOptions, 'allowLoopback'> = {
  allow: { hosts: [], networks: [] },
  timeoutMs: 10_000,
  retries: 3,
  backoffMs: (attempt) => Math.min(1000 * 2 ** (attempt - 1), 60_000),
  retryMs: 5000,
  refreshMs: 5000,
  resolve: resolveHost,
  clock: systemClock,
};

@Module({})
export class WebhooksModule {
  static forRoot(options: Pick<WebhookOptions, 'allowLoopback'> & Partial<WebhookOptions>): DynamicModule {
    return {
      module: WebhooksModule,
      imports: [CqrsModule, RegistryCoreModule],
      providers: [
        { provide: WEBHOOK_OPTIONS, useValue: { ...DEFAULTS, ...options } },
        RegisteredWebhooks,
        WebhookSender,
        Courier,
        DeliverToWebhooks,
        CreateWebhookHandler,
        UpdateWebhookHandler,
        DeleteWebhookHandler,
        TestWebhookHandler,
        ReplayDeliveriesHandler,
        ListDeliveriesHandler,
      ],
      controllers: [
        WebhooksController,
        RegistryWebhooksController,
        OwnWebhooksController,
        ParkedDeliveriesController,
        DeliveriesController,
      ],
    };
  }
}
