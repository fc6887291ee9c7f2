import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { each, oneOf, recognise, text, ToInt, whole } from '../../../http/index.js';
import { RUN_STATUSES, type RunStatus } from '../../run/events.js';
import { quickTag, TagDto, ToEnum, VIEW_TYPES } from '../experiments/experiments.request.js';

const EXPERIMENT_ID = /^(-?\d+)?$/;

export class CreateRunRequest {
  @IsOptional()
  @Matches(EXPERIMENT_ID, { message: 'an experiment id is an integer' })
  @IsString()
  experiment_id?: string;
  @IsOptional() @IsString() user_id?: string;
  @IsOptional() @IsString() run_name?: string;
  @IsOptional() @ToInt() @IsInt() start_time?: number;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => TagDto) tags?: TagDto[];

  static quick(body: unknown): CreateRunRequest | undefined {
    return recognise<CreateRunRequest>(body, {
      experiment_id: (id) => (typeof id === 'string' && EXPERIMENT_ID.test(id) ? id : undefined),
      user_id: text,
      run_name: text,
      start_time: whole(),
      tags: each(quickTag),
    });
  }
}
/** Old clients say `run_uuid`. */
export class RunIdRequest {
  @ValidateIf(({ run_id, run_uuid }: RunIdRequest) => !run_uuid || Boolean(run_id))
  @IsString()
  @IsNotEmpty()
  run_id?: string;
  @IsOptional() @IsString() run_uuid?: string;
}
export class UpdateRunRequest extends RunIdRequest {
  @IsOptional()
  @ToEnum(RUN_STATUSES)
  @IsIn(RUN_STATUSES, { message: `status must be one of ${RUN_STATUSES.join(', ')}` })
  status?: RunStatus;
  @IsOptional() @ToInt() @IsInt() end_time?: number;
  @IsOptional() @IsString() run_name?: string;
}
export class SearchRunsRequest {
  @IsOptional() @IsArray() @IsString({ each: true }) experiment_ids?: string[];
  @IsOptional() @IsString() filter?: string;
  @IsOptional()
  @ToEnum(VIEW_TYPES)
  @IsIn(VIEW_TYPES, { message: `run_view_type must be one of ${VIEW_TYPES.join(', ')}` })
  run_view_type?: (typeof VIEW_TYPES)[number];
  @IsOptional() @ToInt() @IsInt() @Min(1) @Max(50_000) max_results?: number;
  @IsOptional() @IsArray() @IsString({ each: true }) order_by?: string[];
  @IsOptional() @IsString() page_token?: string;

  static quick(body: unknown): SearchRunsRequest | undefined {
    return recognise<SearchRunsRequest>(body, {
      experiment_ids: each(text),
      filter: text,
      run_view_type: oneOf(VIEW_TYPES),
      max_results: whole(1, 50_000),
      order_by: each(text),
      page_token: text,
    });
  }
}
