import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { ToInt, Strict } from '../../../http/index.js';
import { JOB_STATUSES, type JobStatus } from '../../job/state.js';

@Strict()
export class ListTrainingJobsRequest {
  @IsOptional()
  @IsIn(JOB_STATUSES)
  readonly state?: JobStatus;

  @IsOptional()
  @ToInt()
  @IsInt()
  @Min(1)
  @Max(1000)
  readonly max_results?: number;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  readonly page_token?: string;
}
