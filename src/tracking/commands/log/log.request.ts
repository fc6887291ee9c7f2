import { Transform, Type } from 'class-transformer';
import { IsArray, IsDefined, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { ToInt } from '../../../http/index.js';
import type { MetricValue } from '../../run/events.js';
import { metricValue } from '../../wire.js';
import { RunIdRequest } from '../runs/runs.request.js';

const NUMBER = { message: 'must be a number, or "NaN", "Infinity" or "-Infinity"' };
const ToMetricValue = () => Transform(({ value }: { value: unknown }) => metricValue(value));

type Fields = Readonly<Record<string, unknown>>;

/* The bodies that clients send: nothing missing, nothing to convert, and only the fields that are known. */

function quickRun(body: unknown): { run_id: string } | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { run_id, run_uuid } = body as Fields;
  return typeof run_id === 'string' && run_id !== '' && run_uuid === undefined ? { run_id } : undefined;
}

function quickMetric(body: unknown): (MetricDto & { step: number }) | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { key, value, timestamp, step = 0 } = body as Fields;
  const usual = typeof key === 'string' && isValue(value) && Number.isInteger(timestamp) && Number.isInteger(step);
  return usual ? { key, value, timestamp: timestamp as number, step: step as number } : undefined;
}

/** JSON can say 1e999, which JavaScript reads as infinite: that has to become a word. */
const isValue = (value: unknown): value is MetricValue =>
  Number.isFinite(value) || value === 'NaN' || value === 'Infinity' || value === '-Infinity';

function quickParam(body: unknown): ParamDto | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { key, value } = body as Fields;
  return typeof key === 'string' && typeof value === 'string' ? { key, value } : undefined;
}

/** All items, or none when one of them is not recognised. */
function each<T>(list: unknown, recognise: (item: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const items: T[] = [];
  for (const item of list as unknown[]) {
    const known = recognise(item);
    if (known === undefined) return undefined;
    items.push(known);
  }
  return items;
}

export class MetricDto {
  @IsString() key!: string;
  @ToMetricValue() @IsDefined(NUMBER) value!: MetricValue;
  @ToInt() @IsInt() timestamp!: number;
  @IsOptional() @ToInt() @IsInt() step?: number;
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
  @IsString() key!: string;
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
      metrics: each(metrics, quickMetric),
      params: each(params, quickParam),
      tags: each(tags, quickParam),
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
export class LogInputsRequest extends RunIdRequest {
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => DatasetInputDto) datasets?: DatasetInputDto[];
}
