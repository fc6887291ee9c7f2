import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels } from '../../../projection/index.js';
import { DeliveriesSchema, DeliveryState, WebhookAttempts, WebhookDeliveries } from './table.js';

/** A replayed delivery can have been tried without end; the last ones tell enough. */
const ATTEMPTS_SHOWN = 50;

export interface DeliveryView extends WebhookDeliveries {
  /** The last ones, oldest first. */
  readonly tried: readonly WebhookAttempts[];
}

export interface DeliveriesPage {
  readonly deliveries: readonly DeliveryView[];
  /** Position of the last one, when there are more. */
  readonly next?: number;
}

/** What a webhook was told, the latest first. */
export class ListDeliveries extends Query<DeliveriesPage> {
  constructor(
    readonly webhookId: string,
    readonly filters: { readonly state?: DeliveryState },
    readonly limit: number,
    readonly before?: number,
  ) {
    super();
  }
}

@QueryHandler(ListDeliveries)
export class ListDeliveriesHandler implements IQueryHandler<ListDeliveries> {
  constructor(private readonly models: ReadModels) {}

  async execute({ webhookId, filters: { state }, limit, before }: ListDeliveries): Promise<DeliveriesPage> {
    let query = this.models
      .db<DeliveriesSchema>()
      .selectFrom('webhook_deliveries')
      .selectAll()
      .where('webhook_id', '=', webhookId);
    if (before !== undefined) query = query.where('position', '<', before);
    if (state !== undefined) query = query.where('state', '=', state);
    const rows = await query
      .orderBy('position', 'desc')
      .limit(limit + 1)
      .execute();
    const page = rows.slice(0, limit);
    const deliveries = await Promise.all(page.map(async (row) => ({ ...row, tried: await this.tried(row) })));
    const last = page.at(-1);
    return rows.length > limit && last ? { deliveries, next: last.position } : { deliveries };
  }

  private async tried({ delivery_id }: WebhookDeliveries): Promise<readonly WebhookAttempts[]> {
    const latest = await this.models
      .db<DeliveriesSchema>()
      .selectFrom('webhook_attempts')
      .selectAll()
      .where('delivery_id', '=', delivery_id)
      .orderBy('position', 'desc')
      .limit(ATTEMPTS_SHOWN)
      .execute();
    return latest.reverse();
  }
}
