import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsInt, IsNotEmpty, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { about, CUSTODY_API, Requires, Strict, ToInt } from '../../../http/index.js';
import { versionNumber } from '../../rules.js';
import { ListActivities } from './query.js';
import { Activities } from './table.js';

const DEFAULT_RESULTS = 100;
const RESULTS = { message: 'must be a whole number from 1 to 1000' };
const BEFORE = { message: 'must be the `next` of a page' };

@Strict()
export class ActivitiesRequest {
  @IsNotEmpty({ message: 'it is empty' })
  @IsString({ message: 'must be a string' })
  readonly name!: string;

  @Matches(/^\d{1,15}$/, { message: 'must be a version number' })
  @IsString({ message: 'must be a string' })
  readonly version!: string;

  @IsOptional()
  @ToInt()
  @IsInt(RESULTS)
  @Min(1, RESULTS)
  @Max(1000, RESULTS)
  readonly max_results?: number;

  @IsOptional()
  @ToInt()
  @IsInt(BEFORE)
  @Min(1, BEFORE)
  readonly before?: number;
}

@ApiTags('registry')
@Controller(`${CUSTODY_API}/model-versions`)
export class ActivitiesController {
  constructor(private readonly queries: QueryBus) {}

  /** Moves, requests, decisions and comments of one version, the latest first, in the words of Databricks' registry. */
  @Get('activities')
  @Requires('approval:read', about.models('name'))
  async list(@Query() request: ActivitiesRequest): Promise<object> {
    const { name, max_results: limit = DEFAULT_RESULTS, before } = request;
    const input = { name, version: versionNumber(request.version), limit, ...(before === undefined ? {} : { before }) };
    const { activities, next } = await this.queries.execute(new ListActivities(input));
    return { activities: activities.map(activityOf), ...(next === undefined ? {} : { next }) };
  }
}

const activityOf = (row: Activities): object => {
  const optional = {
    comment: row.comment,
    system_comment: row.system_comment,
    from_stage: row.from_stage,
    to_stage: row.to_stage,
  };
  return {
    id: row.activity_id,
    activity_type: row.type,
    user_id: row.user_id,
    creation_timestamp: row.created_at,
    last_updated_timestamp: row.updated_at,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null)),
  };
};
