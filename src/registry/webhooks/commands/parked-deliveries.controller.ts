import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type CommandContext, toIso } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires } from '../../../http/index.js';
import { DeliverToWebhooks } from '../deliver-to-webhooks.js';
import { RegisteredWebhooks } from '../registered-webhooks.js';
import { ReplayDeliveries } from './webhooks.commands.js';

const SHOWN = 1000;

/** MLflow's own server forgets what a receiver did not take; here it waits until somebody has it told again. */
@ApiTags('webhooks')
@Controller(`${CUSTODY_API}/webhooks`)
export class ParkedDeliveriesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly webhooks: RegisteredWebhooks,
    private readonly deliveries: DeliverToWebhooks,
  ) {}

  /** What this webhook could not be told, oldest first, the first thousand of it. */
  @Get(':webhook_id/parked')
  @Requires('webhook:read')
  async parked(@Param('webhook_id') webhookId: string): Promise<object> {
    await this.webhooks.get(webhookId);
    const parked = await this.deliveries.parked(webhookId);
    const shown = parked.slice(0, SHOWN).map(({ event: { id, type, position, recordedAt }, reason }) => ({
      event_id: id,
      type,
      position,
      recorded_at: toIso(recordedAt),
      reason,
    }));
    return { count: parked.length, parked: shown };
  }

  /** Tells it again, under the same delivery ids. */
  @Post(':webhook_id/replay')
  @HttpCode(200)
  @Requires('webhook:write')
  async replay(@Caller() context: CommandContext, @Param('webhook_id') webhookId: string): Promise<object> {
    return { replayed: await this.commands.execute(new ReplayDeliveries(context, { webhookId })) };
  }
}
