import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { OUTCOMES, type Outcome } from '../../core/index.js';
import { ToInt, ToList, Strict } from '../../http/index.js';

@Strict()
export class AuditEventsRequest {
  /** Login or account id: what this person did, and what services did for them. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(256) analyst?: string;
  /** ISO 8601, inclusive. */
  @IsOptional() @IsString() from?: string;
  /** ISO 8601, exclusive. */
  @IsOptional() @IsString() to?: string;
  /** Event types; may be repeated. */
  @IsOptional() @ToList() @IsArray() @ArrayMaxSize(200) @IsString({ each: true }) action?: string[];
  /** `kind:id` or `kind:name`. */
  @IsOptional() @IsString() @MaxLength(600) resource?: string;
  @IsOptional() @IsIn(OUTCOMES, { message: `must be one of ${OUTCOMES.join(', ')}` }) outcome?: Outcome;
  @IsOptional() @IsIn(['asc', 'desc'], { message: 'must be asc or desc' }) order?: 'asc' | 'desc';
  @IsOptional() @ToInt() @IsInt() @Min(1) @Max(1000) limit?: number;
  @IsOptional() @IsString() @MaxLength(200) page_token?: string;
}
