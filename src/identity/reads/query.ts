import { createHash } from 'node:crypto';
import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { errors, Micros } from '../../core/index.js';
import { ReadModels } from '../../projection/index.js';
import { People } from '../queries/user-list/people.js';
import { ReadsSchema, ReadsTable } from './table.js';

export interface ReadsFilters {
  /** Login or account id. */
  readonly actor?: string;
  readonly kind?: string;
  readonly id?: string;
  /** Reads that took place, at least in part, from this time on, and before that. */
  readonly from?: Micros;
  readonly to?: Micros;
}

export interface ReadRow extends ReadsTable {
  /** As the account has it today. */
  readonly name?: string;
}

export interface ReadsPage {
  readonly reads: readonly ReadRow[];
  readonly nextPageToken?: string;
}

/** Who read what, the latest first. */
export class QueryReads extends Query<ReadsPage> {
  constructor(
    readonly filters: ReadsFilters,
    readonly limit: number,
    readonly pageToken?: string,
  ) {
    super();
  }
}

@QueryHandler(QueryReads)
export class QueryReadsHandler implements IQueryHandler<QueryReads> {
  constructor(
    private readonly models: ReadModels,
    private readonly people: People,
  ) {}

  async execute({ filters, limit, pageToken }: QueryReads): Promise<ReadsPage> {
    const before = pageToken === undefined ? undefined : placeOf(pageToken, filters);
    const actor = filters.actor === undefined ? undefined : await this.actorOf(filters.actor);
    const rows = await this.select({ ...filters, ...(actor === undefined ? {} : { actor }) }, before, limit + 1);
    const names = await this.people.namesOf([...new Set(rows.map(({ actor_id }) => actor_id))]);
    const reads = rows.slice(0, limit).map((row) => ({ ...row, name: names.get(row.actor_id) }));
    const last = reads.at(-1);
    return rows.length > limit && last ? { reads, nextPageToken: tokenOf(last.no, filters) } : { reads };
  }

  private select({ actor, kind, id, from, to }: ReadsFilters, before: number | undefined, limit: number) {
    let query = this.models.searches.db<ReadsSchema>().selectFrom('identity_reads').selectAll();
    if (before !== undefined) query = query.where('no', '<', before);
    if (actor !== undefined) query = query.where('actor_id', '=', actor);
    if (kind !== undefined) query = query.where('kind', '=', kind);
    if (id !== undefined) query = query.where('id', '=', id);
    if (from !== undefined) query = query.where('last_at', '>=', from);
    if (to !== undefined) query = query.where('first_at', '<', to);
    return query.orderBy('no', 'desc').limit(limit).execute();
  }

  /** Whom nobody knows must not look like somebody who read nothing. */
  private async actorOf(text: string): Promise<string> {
    const id = await this.people.idOf(text);
    if (id !== undefined || (await this.people.namesOf([text])).size > 0) return id ?? text;
    const read = await this.models.searches
      .db<ReadsSchema>()
      .selectFrom('identity_reads')
      .select('no')
      .where('actor_id', '=', text)
      .limit(1)
      .executeTakeFirst();
    if (read) return text;
    throw errors.notFound('unknown-actor', 'nobody is known by this login or id', 'actor');
  }
}

const tokenOf = (no: number, filters: ReadsFilters): string =>
  Buffer.from(`${no}.${fingerprint(filters)}`).toString('base64url');

/** With other filters a page token would skip or repeat reads without a word. */
function placeOf(token: string, filters: ReadsFilters): number {
  const [, no, of] = /^(\d{1,15})\.([\w-]{22})$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (no !== undefined && of === fingerprint(filters)) return Number(no);
  const message = 'page_token must be the next_page_token of the page before, unchanged, with the same filters';
  throw errors.invalid('invalid-page-token', message, 'page_token');
}

function fingerprint({ actor, kind, id, from, to }: ReadsFilters): string {
  const parts = [actor, kind, id, from, to].map((part) => part ?? null);
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}
