import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';
import { ToInt } from '../../../http/index.js';

export class TagDto {
  @IsString() key!: string;
  @IsString() value!: string;
}
export class CreateExperimentRequest {
  @IsString() name!: string;
  @IsOptional() @IsString() artifact_location?: string;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => TagDto) tags?: TagDto[];
}
export class ExperimentIdRequest {
  @IsString() experiment_id!: string;
}
export class ExperimentNameRequest {
  @IsString() experiment_name!: string;
}
export class UpdateExperimentRequest extends ExperimentIdRequest {
  @IsString() new_name!: string;
}
export class ExperimentTagRequest extends ExperimentIdRequest {
  @IsString() key!: string;
  @IsString() value!: string;
}
export class DeleteExperimentTagRequest extends ExperimentIdRequest {
  @IsString() key!: string;
}
export const VIEW_TYPES = ['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'] as const;
export class SearchExperimentsRequest {
  @IsOptional() @ToInt() @IsInt() @Min(1) @Max(50_000) max_results?: number;
  @IsOptional() @IsString() page_token?: string;
  @IsOptional() @IsString() filter?: string;
  @IsOptional() order_by?: unknown;
  @IsOptional()
  @IsIn(VIEW_TYPES, { message: `view_type must be one of ${VIEW_TYPES.join(', ')}` })
  view_type?: (typeof VIEW_TYPES)[number];
}
