import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { millisToMicros, toIso } from '../../../core/index.js';
import { CUSTODY_API, Requires, Strict, ToInt } from '../../../http/index.js';
import { RegisteredWebhooks } from '../registered-webhooks.js';
import { DeliveryView, ListDeliveries } from './query.js';
import { DELIVERY_STATES } from './table.js';
import type { DeliveryState } from './table.js';

const DEFAULT_RESULTS = 50;
const RESULTS = { message: 'must be a whole number from 1 to 200' };
const BEFORE = { message: 'must be the `next` of a page' };

@Strict()
export class ListDeliveriesRequest {
  @IsOptional()
  @IsIn(DELIVERY_STATES, { message: `must be one of ${DELIVERY_STATES.join(', ')}` })
  readonly state?: DeliveryState;

  @IsOptional()
  @ToInt()
  @IsInt(RESULTS)
  @Min(1, RESULTS)
  @Max(200, RESULTS)
  readonly max_results?: number;

  @IsOptional()
  @ToInt()
  @IsInt(BEFORE)
  @Min(1, BEFORE)
  readonly before?: number;
}

@ApiTags('webhooks')
@Controller(`${CUSTODY_API}/webhooks`)
export class DeliveriesController {
  constructor(
    private readonly queries: QueryBus,
    private readonly webhooks: RegisteredWebhooks,
  ) {}

  /** Every call to the receiver, the latest first: what it told, each attempt, and when the next one is due. */
  @Get(':webhook_id/deliveries')
  @Requires('webhook:read')
  async list(@Param('webhook_id') webhookId: string, @Query() request: ListDeliveriesRequest): Promise<object> {
    await this.webhooks.get(webhookId);
    const { state, max_results: limit = DEFAULT_RESULTS, before } = request;
    const page = await this.queries.execute(
      new ListDeliveries(webhookId, state === undefined ? {} : { state }, limit, before),
    );
    return {
      deliveries: page.deliveries.map(deliveryWire),
      ...(page.next === undefined ? {} : { next: page.next }),
    };
  }
}

const time = (ms: number): string => toIso(millisToMicros(ms));

const deliveryWire = ({ delivery_id, event_id, event, state, attempts, next_at, tried }: DeliveryView): object => ({
  delivery_id,
  ...(event_id === null ? {} : { event_id }),
  ...(event === null ? {} : { event }),
  state,
  attempts,
  ...(next_at === null ? {} : { next_attempt_at: time(next_at) }),
  tried: tried.map(({ at, status, reason }) => ({
    at: time(at),
    ...(status === null ? {} : { status }),
    ...(reason === null ? {} : { reason }),
  })),
});
