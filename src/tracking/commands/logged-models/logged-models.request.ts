import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { ToInt } from '../../../http/index.js';
import { MODEL_STATUSES, type ModelStatus } from '../../logged-model/events.js';
import { statusOfWire, STATUS_ON_WIRE } from '../../wire-logged-model.js';
import { ParamDto } from '../log/log.request.js';

export class CreateLoggedModelRequest {
  @IsString() @IsNotEmpty() experiment_id!: string;
  @IsOptional() @IsString() name?: string;
  @IsOptional() @IsString() model_type?: string;
  @IsOptional() @IsString() source_run_id?: string;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ParamDto) params?: ParamDto[];
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ParamDto) tags?: ParamDto[];
}

const STATUS = { message: `status must be one of ${Object.values(STATUS_ON_WIRE).join(', ')}` };

export class FinalizeLoggedModelRequest {
  /** By its name or its number. */
  @Transform(({ value }: { value: unknown }) => statusOfWire(value) ?? null)
  @IsIn(MODEL_STATUSES, STATUS)
  status!: ModelStatus;
}
export class LogModelParamsRequest {
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ParamDto) params?: ParamDto[];
}
export class SetModelTagsRequest {
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ParamDto) tags?: ParamDto[];
}
export class GetLoggedModelRequest {
  @IsOptional() @IsString() allow_deleted?: string;
}
export class DatasetRefDto {
  @IsString() @IsNotEmpty({ message: 'dataset_name must be given' }) dataset_name!: string;
  @IsOptional() @IsString() dataset_digest?: string;
}
export class LoggedModelOrderDto {
  @IsOptional() @IsString() field_name?: string;
  @IsOptional() @IsBoolean() ascending?: boolean;
  @IsOptional() @IsString() dataset_name?: string;
  @IsOptional() @IsString() dataset_digest?: string;
}
export class SearchLoggedModelsRequest {
  @IsArray() @IsString({ each: true }) experiment_ids!: string[];
  @IsOptional() @IsString() filter?: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => DatasetRefDto)
  datasets?: DatasetRefDto[];
  @IsOptional() @ToInt() @IsInt() @Min(0) @Max(50_000) max_results?: number;
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => LoggedModelOrderDto)
  order_by?: LoggedModelOrderDto[];
  @IsOptional() @IsString() page_token?: string;
}
export class ListModelArtifactsRequest {
  @IsOptional() @IsString() artifact_directory_path?: string;
}
export class OpenModelArtifactRequest {
  @IsString() @IsNotEmpty() artifact_file_path!: string;
}
