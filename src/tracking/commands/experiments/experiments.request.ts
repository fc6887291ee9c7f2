import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { each, oneOf, Recognise, recognise, text, ToInt, ToList, whole } from '../../../http/index.js';

export class TagDto {
  @IsString() key!: string;
  @IsString() value = '';
}
export const quickTag: Recognise<TagDto> = (tag) => {
  if (typeof tag !== 'object' || tag === null) return undefined;
  const { key, value } = tag as Readonly<Record<string, unknown>>;
  return typeof key === 'string' && typeof value === 'string' ? { key, value } : undefined;
};
export class CreateExperimentRequest {
  @IsString() name!: string;
  @IsOptional() @IsString() artifact_location?: string;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => TagDto) tags?: TagDto[];
}
export class ExperimentIdRequest {
  @Matches(/^-?\d+$/, { message: 'an experiment id is an integer' }) @IsString() @IsNotEmpty() experiment_id!: string;
}
export class ExperimentNameRequest {
  @IsString() @IsNotEmpty() experiment_name!: string;
}
export class UpdateExperimentRequest extends ExperimentIdRequest {
  @IsString() new_name!: string;
}
export class ExperimentTagRequest extends ExperimentIdRequest {
  @IsString() @IsNotEmpty() key!: string;
  @IsString() value = '';
}
export class DeleteExperimentTagRequest extends ExperimentIdRequest {
  @IsString() @IsNotEmpty() key!: string;
}
/** JSON of protocol buffers has an enum by its name or by its number, which counts from 1 in MLflow's. */
export const ToEnum = (names: readonly string[]) =>
  Transform(({ value }: { value: unknown }) => names[Number(value) - 1] ?? value);

export const VIEW_TYPES = ['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'] as const;
export class SearchExperimentsRequest {
  @IsOptional() @ToInt() @IsInt() @Min(1) @Max(50_000) max_results?: number;
  @IsOptional() @IsString() page_token?: string;
  @IsOptional() @IsString() filter?: string;
  @IsOptional() @ToList() @IsArray() @IsString({ each: true }) order_by?: string[];
  @IsOptional()
  @ToEnum(VIEW_TYPES)
  @IsIn(VIEW_TYPES, { message: `view_type must be one of ${VIEW_TYPES.join(', ')}` })
  view_type?: (typeof VIEW_TYPES)[number];

  static quick(body: unknown): SearchExperimentsRequest | undefined {
    return recognise<SearchExperimentsRequest>(body, {
      max_results: whole(1, 50_000),
      page_token: text,
      filter: text,
      order_by: each(text),
      view_type: oneOf(VIEW_TYPES),
    });
  }
}

/** Experiments that one request may look at. */
const EXPERIMENTS = 20;
export class SearchDatasetsRequest {
  @IsArray()
  @ArrayMinSize(1, { message: 'at least one experiment is needed' })
  @ArrayMaxSize(EXPERIMENTS, { message: `at most ${EXPERIMENTS} experiments a request` })
  @IsString({ each: true })
  experiment_ids!: string[];
}
