import { never, RecordedEvent } from '../../../core/index.js';
import { param, Projection, sqlBuilder, Statements } from '../../../projection/index.js';
import { deliveryIdOf } from '../decide.js';
import { DeliveryEvent } from '../events.js';
import { DeliveriesSchema, DeliveryState } from './table.js';

const OURS: readonly string[] = [
  'WebhookAttemptFailed',
  'WebhookDelivered',
  'WebhookDeliveryFailed',
  'WebhookDeliveryParked',
  'WebhookTested',
] satisfies readonly DeliveryEvent['type'][];

/** Every call to a receiver, with what came of it. */
export const deliveriesProjection: Projection = {
  name: 'registry.webhook-deliveries',
  version: 1,
  tables: ['webhook_deliveries', 'webhook_attempts'],
  schema: (ddl) => [
    ddl
      .createTable('webhook_deliveries')
      .addColumn('delivery_id', 'text', (c) => c.primaryKey())
      .addColumn('webhook_id', 'text', (c) => c.notNull())
      .addColumn('position', 'integer', (c) => c.notNull())
      .addColumn('event_id', 'text')
      .addColumn('event', 'text')
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull())
      .addColumn('next_at', 'integer')
      .compile(),
    ddl
      .createIndex('webhook_deliveries_by_webhook')
      .on('webhook_deliveries')
      .columns(['webhook_id', 'position'])
      .compile(),
    ddl
      .createTable('webhook_attempts')
      .addColumn('position', 'integer', (c) => c.primaryKey())
      .addColumn('delivery_id', 'text', (c) => c.notNull())
      .addColumn('at', 'integer', (c) => c.notNull())
      .addColumn('status', 'integer')
      .addColumn('reason', 'text')
      .compile(),
    ddl.createIndex('webhook_attempts_by_delivery').on('webhook_attempts').column('delivery_id').compile(),
  ],
  prepare,
};

function prepare(statements: Statements): (event: RecordedEvent) => void {
  const write = statementsOf(statements);
  return (recorded) => {
    if (!OURS.includes(recorded.type)) return;
    const { type, data } = recorded as unknown as DeliveryEvent;
    const deliveryId =
      'eventId' in data ? deliveryIdOf(data.webhookId, data.eventId) : (data.deliveryId ?? recorded.id);
    const ended = stateOf(type);
    write.delivery({
      deliveryId,
      webhookId: data.webhookId,
      position: recorded.position,
      eventId: 'eventId' in data ? data.eventId : null,
      event: 'event' in data ? data.event : null,
      state: ended,
      nextAt: 'nextAt' in data ? data.nextAt : null,
      // What this server could not do was no call to the receiver.
      attempts: ended === 'parked' ? 0 : 1,
    });
    if (ended === 'parked') return;
    const status = 'status' in data ? (data.status ?? null) : null;
    const reason = 'reason' in data ? (data.reason ?? null) : null;
    write.attempt({ deliveryId, position: recorded.position, at: data.at, status, reason });
  };
}

function stateOf(type: DeliveryEvent['type']): DeliveryState {
  switch (type) {
    case 'WebhookAttemptFailed':
      return 'retrying';
    case 'WebhookDelivered':
      return 'delivered';
    case 'WebhookDeliveryFailed':
      return 'failed';
    case 'WebhookDeliveryParked':
      return 'parked';
    case 'WebhookTested':
      return 'tested';
    default:
      return never(type);
  }
}

function statementsOf(statements: Statements) {
  const sql = sqlBuilder<DeliveriesSchema>();
  const state = param<DeliveryState>('state');
  const next = param<number | null>('nextAt');
  const attempts = param<number>('attempts');
  return {
    delivery: statements.write(
      sql
        .insertInto('webhook_deliveries')
        .values({
          delivery_id: param<string>('deliveryId'),
          webhook_id: param<string>('webhookId'),
          position: param<number>('position'),
          event_id: param<string | null>('eventId'),
          event: param<string | null>('event'),
          state,
          attempts,
          next_at: next,
        })
        .onConflict((conflict) =>
          conflict.column('delivery_id').doUpdateSet((known) => ({
            state,
            next_at: next,
            event: known.fn.coalesce(known.ref('excluded.event'), known.ref('webhook_deliveries.event')),
            attempts: known('webhook_deliveries.attempts', '+', known.ref('excluded.attempts')),
          })),
        ),
    ),
    attempt: statements.write(
      sql.insertInto('webhook_attempts').values({
        position: param<number>('position'),
        delivery_id: param<string>('deliveryId'),
        at: param<number>('at'),
        status: param<number | null>('status'),
        reason: param<string | null>('reason'),
      }),
    ),
  };
}
