import { RecordedEvent } from '../../core/index.js';
import { param, Projection, sqlBuilder, Statements } from '../../projection/index.js';
import { AlertRaised } from './events.js';
import { AlertsSchema } from './table.js';

export const alertsProjection: Projection = {
  name: 'identity.alerts',
  version: 1,
  tables: ['identity_alerts'],
  schema: (ddl) => [
    ddl
      .createTable('identity_alerts')
      .addColumn('position', 'integer', (column) => column.primaryKey())
      .addColumn('event_id', 'text', (column) => column.notNull())
      .addColumn('alert', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('actor_id', 'text', (column) => column.notNull())
      .addColumn('count', 'integer')
      .addColumn('recorded_at', 'integer', (column) => column.notNull())
      .compile(),
  ],
  prepare,
};

function prepare(statements: Statements): (event: RecordedEvent) => void {
  const insert = statements.write(
    sqlBuilder<AlertsSchema>()
      .insertInto('identity_alerts')
      .values({
        position: param<number>('position'),
        event_id: param<string>('event_id'),
        alert: param<string>('alert'),
        user_id: param<string>('user_id'),
        actor_id: param<string>('actor_id'),
        count: param<number | null>('count'),
        recorded_at: param<number>('recorded_at'),
      }),
  );
  return ({ type, position, id, actor, recordedAt, data }) => {
    if (type !== 'AlertRaised') return;
    const { alert, userId, count } = data as unknown as AlertRaised['data'];
    insert({
      position,
      event_id: id,
      alert,
      user_id: userId ?? '',
      actor_id: actor.id,
      count: count ?? null,
      recorded_at: recordedAt,
    });
  };
}
