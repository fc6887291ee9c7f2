import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  ValidateNested,
} from 'class-validator';
import { each, ToInt } from '../../../http/index.js';
import type { MetricValue } from '../../run/events.js';
import { LIMITS } from '../../keys.js';
import { metricValue } from '../../wire.js';
import { quickTag } from '../experiments/experiments.request.js';
import { RunIdRequest } from '../runs/runs.request.js';

const NUMBER = { message: 'must be a number, or "NaN", "Infinity" or "-Infinity"' };
const ToMetricValue = () => Transform(({ value }: { value: unknown }) => metricValue(value));

type Fields = Readonly<Record<string, unknown>>;

/* The bodies that clients send: nothing missing, nothing to convert, and only the fields that are known. */

/** MLflow's own client says the run's id twice, under its old name too. */
function quickRun(body: unknown): RunIdRequest | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { run_id, run_uuid } = body as Fields;
  if (typeof run_id !== 'string' || run_id === '') return undefined;
  if (run_uuid === undefined) return { run_id };
  return typeof run_uuid === 'string' ? { run_id, run_uuid } : undefined;
}

function quickMetric(body: unknown): (MetricDto & { step: number }) | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { key, value, timestamp, step = 0, model_id, dataset_name, dataset_digest } = body as Fields;
  const usual = typeof key === 'string' && isValue(value) && Number.isInteger(timestamp) && Number.isInteger(step);
  if (!usual) return undefined;
  const point = { key, value, timestamp: timestamp as number, step: step as number };
  if (model_id === undefined && dataset_name === undefined && dataset_digest === undefined) return point;
  if (!isText(model_id) || !isText(dataset_name) || !isText(dataset_digest)) return undefined;
  return {
    ...point,
    ...(model_id === undefined ? {} : { model_id }),
    ...(dataset_name === undefined ? {} : { dataset_name }),
    ...(dataset_digest === undefined ? {} : { dataset_digest }),
  };
}

const isText = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string';

/** JSON can say 1e999, which JavaScript reads as infinite: that has to become a word. */
const isValue = (value: unknown): value is MetricValue =>
  Number.isFinite(value) || value === 'NaN' || value === 'Infinity' || value === '-Infinity';

export class MetricDto {
  @IsString() key!: string;
  @ToMetricValue() @IsDefined(NUMBER) value!: MetricValue;
  @ToInt() @IsInt() timestamp!: number;
  @IsOptional() @ToInt() @IsInt() step?: number;
  @IsOptional() @IsString() model_id?: string;
  @IsOptional() @IsString() dataset_name?: string;
  @IsOptional() @IsString() dataset_digest?: string;
}
export class ParamDto {
  @IsString() key!: string;
  @IsString() value = '';
}
export class LogMetricRequest extends RunIdRequest {
  @IsString() key!: string;
  @ToMetricValue() @IsDefined(NUMBER) value!: MetricValue;
  @ToInt() @IsInt() timestamp!: number;
  @IsOptional() @ToInt() @IsInt() step?: number;
  @IsOptional() @IsString() model_id?: string;
  @IsOptional() @IsString() dataset_name?: string;
  @IsOptional() @IsString() dataset_digest?: string;

  static quick(body: unknown): LogMetricRequest | undefined {
    const run = quickRun(body);
    const metric = run && quickMetric(body);
    return metric && { ...run, ...metric };
  }
}
export class LogParamRequest extends RunIdRequest {
  @IsString() key!: string;
  @IsString() value = '';
}
export class DeleteTagRequest extends RunIdRequest {
  @IsString() @IsNotEmpty() key!: string;
}
export class LogBatchRequest extends RunIdRequest {
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => MetricDto) metrics?: MetricDto[];
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ParamDto) params?: ParamDto[];
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ParamDto) tags?: ParamDto[];

  static quick(body: unknown): LogBatchRequest | undefined {
    const run = quickRun(body);
    if (!run) return undefined;
    const { metrics = [], params = [], tags = [] } = body as Fields;
    const lists = {
      metrics: each(quickMetric)(metrics),
      params: each(quickTag)(params),
      tags: each(quickTag)(tags),
    };
    const { metrics: points, params: given, tags: labels } = lists;
    return points && given && labels && { ...run, metrics: points, params: given, tags: labels };
  }
}
export class DatasetDto {
  @IsString() name!: string;
  @IsString() digest!: string;
  @IsString() source_type!: string;
  @IsString() source!: string;
  @IsOptional() @IsString() schema?: string;
  @IsOptional() @IsString() profile?: string;
}
export class DatasetInputDto {
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ParamDto) tags?: ParamDto[];
  @IsDefined() @ValidateNested() @Type(() => DatasetDto) dataset!: DatasetDto;
}
export class ModelInputDto {
  @IsString() @IsNotEmpty() model_id!: string;
}
export class ModelOutputDto {
  @IsString() @IsNotEmpty() model_id!: string;
  @IsOptional() @ToInt() @IsInt() step?: number;
}
export class LogInputsRequest extends RunIdRequest {
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => DatasetInputDto) datasets?: DatasetInputDto[];
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LIMITS.modelsPerRequest)
  @ValidateNested({ each: true })
  @Type(() => ModelInputDto)
  models?: ModelInputDto[];
}
export class LogOutputsRequest extends RunIdRequest {
  @IsArray()
  @ArrayMaxSize(LIMITS.modelsPerRequest)
  @ValidateNested({ each: true })
  @Type(() => ModelOutputDto)
  models!: ModelOutputDto[];
}
export class LogModelRequest extends RunIdRequest {
  @IsString() @IsNotEmpty() model_json!: string;
}
