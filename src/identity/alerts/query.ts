import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Micros } from '../../core/index.js';
import { ReadModels } from '../../projection/index.js';
import { People } from '../queries/user-list/people.js';
import { AlertKind } from './events.js';
import { AlertsSchema, AlertsTable } from './table.js';

export interface AlertsFilters {
  readonly alert?: AlertKind;
  /** Inclusive and exclusive. */
  readonly from?: Micros;
  readonly to?: Micros;
}

export interface AlertRow extends AlertsTable {
  /** Of the account that it is about, as it is called today. */
  readonly name?: string;
}

export interface AlertsPage {
  readonly alerts: readonly AlertRow[];
  /** Position of the last one, when there are more. */
  readonly next?: number;
}

/** What somebody should look at, the latest first. */
export class QueryAlerts extends Query<AlertsPage> {
  constructor(
    readonly filters: AlertsFilters,
    readonly limit: number,
    readonly before?: number,
  ) {
    super();
  }
}

@QueryHandler(QueryAlerts)
export class QueryAlertsHandler implements IQueryHandler<QueryAlerts> {
  constructor(
    private readonly models: ReadModels,
    private readonly people: People,
  ) {}

  async execute({ filters: { alert, from, to }, limit, before }: QueryAlerts): Promise<AlertsPage> {
    let query = this.models.db<AlertsSchema>().selectFrom('identity_alerts').selectAll();
    if (before !== undefined) query = query.where('position', '<', before);
    if (alert !== undefined) query = query.where('alert', '=', alert);
    if (from !== undefined) query = query.where('recorded_at', '>=', from);
    if (to !== undefined) query = query.where('recorded_at', '<', to);
    const rows = await query
      .orderBy('position', 'desc')
      .limit(limit + 1)
      .execute();
    const names = await this.people.namesOf([...new Set(rows.map(({ user_id }) => user_id))]);
    const alerts = rows.slice(0, limit).map((row) => ({ ...row, name: names.get(row.user_id) }));
    const last = alerts.at(-1);
    return rows.length > limit && last ? { alerts, next: last.position } : { alerts };
  }
}
