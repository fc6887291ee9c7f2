import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

export class ConsistencyRequest {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  readonly first!: number;

  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  readonly second!: number;
}

export class CheckpointsRequest {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  readonly limit?: number;

  /** Only those with a smaller number: the last one of the page before. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  readonly before?: number;
}

export class NewKeyRequest {
  /** How long the old key signs beside the new one. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(366)
  readonly grace_days?: number;

  @IsOptional()
  @IsString()
  @MaxLength(2000)
  readonly reason?: string;
}
