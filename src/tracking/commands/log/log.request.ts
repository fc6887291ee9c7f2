import { Transform, Type } from 'class-transformer';
import { IsArray, IsDefined, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { ToInt } from '../../../http/index.js';
import type { MetricValue } from '../../run/events.js';
import { metricValue } from '../../wire.js';
import { RunIdRequest } from '../runs/runs.request.js';

const NUMBER = { message: 'must be a number, or "NaN", "Infinity" or "-Infinity"' };
const ToMetricValue = () => Transform(({ value }: { value: unknown }) => metricValue(value));

export class MetricDto {
  @IsString() key!: string;
  @ToMetricValue() @IsDefined(NUMBER) value!: MetricValue;
  @ToInt() @IsInt() timestamp!: number;
  @IsOptional() @ToInt() @IsInt() step?: number;
}
export class ParamDto {
  @IsString() key!: string;
  @IsString() value!: string;
}
export class LogMetricRequest extends RunIdRequest {
  @IsString() key!: string;
  @ToMetricValue() @IsDefined(NUMBER) value!: MetricValue;
  @ToInt() @IsInt() timestamp!: number;
  @IsOptional() @ToInt() @IsInt() step?: number;

  /** The body that clients send: nothing missing, nothing to convert. */
  static quick(body: unknown): LogMetricRequest | undefined {
    if (typeof body !== 'object' || body === null) return undefined;
    const { run_id, run_uuid, key, value, timestamp, step = 0 } = body as Readonly<Record<string, unknown>>;
    const usual =
      typeof run_id === 'string' &&
      run_uuid === undefined &&
      typeof key === 'string' &&
      typeof value === 'number' &&
      Number.isInteger(timestamp) &&
      Number.isInteger(step);
    return usual ? { run_id, key, value, timestamp: timestamp as number, step: step as number } : undefined;
  }
}
export class LogParamRequest extends RunIdRequest {
  @IsString() key!: string;
  @IsString() value!: string;
}
export class DeleteTagRequest extends RunIdRequest {
  @IsString() key!: string;
}
export class LogBatchRequest extends RunIdRequest {
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => MetricDto) metrics?: MetricDto[];
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ParamDto) params?: ParamDto[];
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ParamDto) tags?: ParamDto[];
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
export class LogInputsRequest extends RunIdRequest {
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => DatasetInputDto) datasets?: DatasetInputDto[];
}
