import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsInt, IsNotEmpty, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { errors, Micros, toIso } from '../../core/index.js';
import { CUSTODY_API, Requires, SeesReads, Strict, ToInt } from '../../http/index.js';
import { period } from '../period.js';
import { QueryReads, ReadRow } from './query.js';

const PAGE = 100;

@Strict()
export class ReadsRequest {
  /** Login or account id. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(256) readonly actor?: string;
  /** What was read: run, experiment, model, trail, … */
  @IsOptional()
  @Matches(/^[a-z]+(-[a-z]+)*$/, { message: 'must be a kind of thing, as in run or model' })
  @MaxLength(40)
  readonly kind?: string;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(600) readonly id?: string;
  /** ISO 8601, inclusive. */
  @IsOptional() @IsString() readonly from?: string;
  /** ISO 8601, exclusive. */
  @IsOptional() @IsString() readonly to?: string;
  @IsOptional() @ToInt() @IsInt() @Min(1) @Max(1000) readonly limit?: number;
  @IsOptional() @IsString() @MaxLength(200) readonly page_token?: string;
}

@ApiTags('audit')
@Controller(`${CUSTODY_API}/audit/reads`)
export class ReadsController {
  constructor(private readonly queries: QueryBus) {}

  /** Who read what and when, the latest first; complete up to the moment of the question. */
  @Get()
  @Requires('audit:read')
  @SeesReads()
  async reads(@Query() { actor, kind, id, from, to, limit, page_token }: ReadsRequest) {
    if (id !== undefined && kind === undefined)
      throw errors.invalid('kind-required', 'an id needs the kind of thing that it belongs to, as in kind=run', 'kind');
    const filters = { actor, kind, id, ...period(from, to) };
    const page = await this.queries.execute(new QueryReads(filters, limit ?? PAGE, page_token));
    return { reads: page.reads.map(wire), next_page_token: page.nextPageToken };
  }
}

const wire = (row: ReadRow) => ({
  actor: { id: row.actor_id, name: row.name, via: row.via },
  action: row.action,
  route: row.route,
  kind: row.kind,
  id: row.id || undefined,
  path: row.path || undefined,
  query: row.query || undefined,
  fields: row.fields === '' ? undefined : row.fields.split(','),
  count: row.count,
  rows: row.row_count ?? undefined,
  first_read_at: toIso(row.first_at as Micros),
  last_read_at: toIso(row.last_at as Micros),
  event_id: row.event_id,
});
