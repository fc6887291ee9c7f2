import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  Min,
} from 'class-validator';
import { ToInt, ToList } from '../../../http/index.js';
import { RunIdRequest } from '../../commands/runs/runs.request.js';

/** Runs that one request may compare. */
const RUNS = 100;
const TOO_MANY = { message: `at most ${RUNS} runs a request` };
const TOO_FEW = { message: 'at least one run is needed' };
export const SAMPLES = 2500;

export class MetricHistoryRequest extends RunIdRequest {
  @IsString() @IsNotEmpty() metric_key!: string;
  @IsOptional() @ToInt() @IsInt() @Min(1) max_results?: number;
  @IsOptional() @IsString() page_token?: string;
}
export class BulkHistoryRequest {
  @ToList()
  @IsArray()
  @ArrayMinSize(1, TOO_FEW)
  @ArrayMaxSize(RUNS, TOO_MANY)
  @IsString({ each: true })
  run_id!: string[];
  @IsString() metric_key!: string;
  @IsOptional() @ToInt() @IsInt() @Min(1) max_results?: number;
}
export class SampleMetricsRequest {
  @ToList()
  @IsArray()
  @ArrayMinSize(1, TOO_FEW)
  @ArrayMaxSize(RUNS, TOO_MANY)
  @IsString({ each: true })
  run_ids!: string[];
  @IsString() @IsNotEmpty() metric_key!: string;
  @IsOptional() @ToInt() @IsInt() start_step?: number;
  @IsOptional() @ToInt() @IsInt() end_step?: number;
  @IsOptional() @ToInt() @IsInt() @Min(1) @Max(SAMPLES) max_results?: number;
}
