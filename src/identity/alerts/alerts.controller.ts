import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { Micros, toIso } from '../../core/index.js';
import { CUSTODY_API, Requires, Strict, ToInt } from '../../http/index.js';
import { period } from '../period.js';
import { ALERTS } from './events.js';
import type { AlertKind } from './events.js';
import { AlertRow, QueryAlerts } from './query.js';

const PAGE = 100;
const KINDS = Object.keys(ALERTS) as readonly AlertKind[];

@Strict()
export class AlertsRequest {
  @IsOptional() @IsIn(KINDS, { message: `must be one of ${KINDS.join(', ')}` }) readonly alert?: AlertKind;
  /** ISO 8601, inclusive. */
  @IsOptional() @IsString() readonly from?: string;
  /** ISO 8601, exclusive. */
  @IsOptional() @IsString() readonly to?: string;
  @IsOptional() @ToInt() @IsInt() @Min(1) @Max(1000) readonly limit?: number;
  @IsOptional()
  @IsString()
  @Matches(/^\d{1,15}$/, { message: 'must be the next_page_token of the page before' })
  readonly page_token?: string;
}

@ApiTags('audit')
@Controller(`${CUSTODY_API}/audit/alerts`)
export class AlertsController {
  constructor(private readonly queries: QueryBus) {}

  /** Lock-outs, repeated refusals and other things around sign-ins that somebody should look at, the latest first. */
  @Get()
  @Requires('audit:read')
  async alerts(@Query() { alert, from, to, limit, page_token }: AlertsRequest) {
    const before = page_token === undefined ? undefined : Number(page_token);
    const page = await this.queries.execute(new QueryAlerts({ alert, ...period(from, to) }, limit ?? PAGE, before));
    return { alerts: page.alerts.map(wire), next_page_token: page.next?.toString() };
  }
}

const wire = (row: AlertRow) => ({
  alert: row.alert,
  summary: ALERTS[row.alert as AlertKind],
  user: row.user_id === '' ? undefined : { id: row.user_id, name: row.name },
  count: row.count ?? undefined,
  recorded_at: toIso(row.recorded_at as Micros),
  event_id: row.event_id,
});
