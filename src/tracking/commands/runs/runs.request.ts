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
import { ToInt } from '../../../http/index.js';
import { RUN_STATUSES, type RunStatus } from '../../run/events.js';
import { TagDto, ToEnum, VIEW_TYPES } from '../experiments/experiments.request.js';

export class CreateRunRequest {
  @IsOptional()
  @Matches(/^(-?\d+)?$/, { message: 'an experiment id is an integer' })
  @IsString()
  experiment_id?: string;
  @IsOptional() @IsString() user_id?: string;
  @IsOptional() @IsString() run_name?: string;
  @IsOptional() @ToInt() @IsInt() start_time?: number;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => TagDto) tags?: TagDto[];
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
}
