import { Controller, Get, Param, Query as Params } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { errors, fromIso, Micros, toIso } from '../../core/index.js';
import { CUSTODY_API, Requires } from '../../http/index.js';
import { GetAuditEvent } from '../event/query.js';
import { AuditEventsRequest } from './audit.request.js';
import { AuditEntry } from './entries.js';
import { AuditFilters } from './filters.js';
import { QueryAuditTrail } from './query.js';

const PAGE = 100;

@ApiTags('audit')
@Controller(`${CUSTODY_API}/audit`)
export class AuditController {
  constructor(private readonly queries: QueryBus) {}

  /** The trail by person, time, action, resource and outcome; newest first unless `order=asc`. */
  @Get('events')
  @Requires('audit:read')
  async events(@Params() request: AuditEventsRequest) {
    const query = new QueryAuditTrail(filtersOf(request), request.limit ?? PAGE, request.page_token);
    const page = await this.queries.execute(query);
    return { events: page.events.map(toWire), next_page_token: page.nextPageToken, complete_to: page.completeTo };
  }

  /** One whole event by its id or position; actor, origin and data letter for letter as the log holds them. */
  @Get('events/:id')
  @Requires('audit:read')
  async event(@Param('id') id: string) {
    const event = await this.queries.execute(new GetAuditEvent(id));
    const { position, id: event_id, type, schema, stream, revision, actor, reason, origin, data } = event;
    const { recordedAt, correlationId: correlation_id, causationId: causation_id } = event;
    const place = { position, event_id, type, schema, stream, revision, recorded_at: toIso(recordedAt) };
    return { ...place, actor, reason, origin, correlation_id, causation_id, data };
  }
}

function filtersOf({ analyst, from, to, action, resource, outcome, order }: AuditEventsRequest): AuditFilters {
  const [start, end] = [instant(from, 'from'), instant(to, 'to')];
  if (start !== undefined && end !== undefined && start > end) {
    throw errors.invalid('invalid-time', 'to must not be earlier than from', 'to');
  }
  return { analyst, from: start, to: end, actions: action, resource, outcome, order: order ?? 'desc' };
}

/** `Date` takes 31 February for 3 March; an auditor must hear that there is no such day. */
function instant(text: string | undefined, field: string): Micros | undefined {
  if (text === undefined) return undefined;
  const at = fromIso(text);
  const day = fromIso(text.slice(0, 10));
  if (at !== undefined && day !== undefined && toIso(day).startsWith(text.slice(0, 10))) return at;
  const message = `${field} must be a time in ISO 8601, as in 2026-01-05 or 2026-01-05T09:00:00Z`;
  throw errors.invalid('invalid-time', message, field);
}

const toWire = (entry: AuditEntry) => ({
  position: entry.position,
  event_id: entry.eventId,
  recorded_at: toIso(entry.recordedAt),
  actor: entry.actor,
  on_behalf_of: entry.onBehalfOf,
  action: entry.action,
  summary: entry.summary,
  resource: entry.resource,
  outcome: entry.outcome,
  reason: entry.reason,
  stream: entry.stream,
  revision: entry.revision,
  request_id: entry.requestId,
  correlation_id: entry.correlationId,
  causation_id: entry.causationId,
});
