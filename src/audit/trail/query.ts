import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { EventCatalogue } from '../../core/index.js';
import { ReadModels } from '../../projection/index.js';
import { PersonDirectory } from '../person-directory.js';
import { criteriaOf } from './criteria.js';
import { AuditEntry, entriesOf } from './entries.js';
import { AuditFilters, Place, placeOf, tokenFor } from './filters.js';
import { AuditTables } from './table.js';
import { firstAtLeast, Span, walk } from './walk.js';

export interface AuditPage {
  readonly events: readonly AuditEntry[];
  readonly nextPageToken?: string;
  /** The answer is complete up to this position of the log. */
  readonly completeTo: number;
}

export class QueryAuditTrail extends Query<AuditPage> {
  constructor(
    readonly filters: AuditFilters,
    readonly limit: number,
    readonly pageToken?: string,
  ) {
    super();
  }
}

/**
 * Rows of the trail are never changed, so a page needs no transaction: what is written meanwhile lies
 * beyond `completeTo`, which the page token carries through the whole walk.
 */
@QueryHandler(QueryAuditTrail)
export class QueryAuditTrailHandler implements IQueryHandler<QueryAuditTrail> {
  constructor(
    private readonly models: ReadModels,
    private readonly people: PersonDirectory,
    private readonly catalogue: EventCatalogue,
  ) {}

  async execute({ filters, limit, pageToken }: QueryAuditTrail): Promise<AuditPage> {
    const db = this.models.searches.db<AuditTables>();
    const person = filters.analyst === undefined ? undefined : await this.people.idOf(filters.analyst);
    const place = pageToken === undefined ? undefined : placeOf(pageToken, filters, person);
    const completeTo = place?.completeTo ?? (await this.head());
    const criteria = await criteriaOf(db, this.catalogue, filters, person, completeTo);
    const span = await this.spanOf(filters, completeTo, place);
    const ordinals = await walk(db, span, criteria, filters.order, limit + 1);
    const events = await entriesOf(db, ordinals.slice(0, limit), this.people, this.catalogue);
    const last = events.at(-1);
    if (ordinals.length <= limit || !last) return { events, completeTo };
    return { events, completeTo, nextPageToken: tokenFor({ after: last.position, completeTo }, filters, person) };
  }

  private async head(): Promise<number> {
    const last = await this.models.searches
      .db<AuditTables>()
      .selectFrom('audit_events')
      .select('position')
      .orderBy('ordinal', 'desc')
      .limit(1)
      .executeTakeFirst();
    return last?.position ?? 0;
  }

  /** Time and place as ordinals: both grow along the log, so no index of theirs is needed. */
  private async spanOf({ from, to, order }: AuditFilters, completeTo: number, place: Place | undefined): Promise<Span> {
    const db = this.models.searches.db<AuditTables>();
    const ends = [await firstAtLeast(db, 'position', completeTo + 1)];
    const starts = [1];
    if (from !== undefined) starts.push(await firstAtLeast(db, 'recorded_at', from));
    if (to !== undefined) ends.push(await firstAtLeast(db, 'recorded_at', to));
    if (place && order === 'asc') starts.push(await firstAtLeast(db, 'position', place.after + 1));
    if (place && order === 'desc') ends.push(await firstAtLeast(db, 'position', place.after));
    return { first: Math.max(...starts), last: Math.min(...ends) - 1 };
  }
}
