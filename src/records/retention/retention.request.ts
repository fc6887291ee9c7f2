import { IsIn, IsNumber, IsOptional, IsString, Length } from 'class-validator';
import { Strict } from '../../http/index.js';
import { CLASS_NAMES, type RecordClass } from './classes.js';

const WHY = { message: 'says why, in 1 to 1000 characters' };
const NUMBER = { message: 'must be a whole number' };

/** Either a class with its years, or the online days. */
@Strict()
export class ChangeRetentionRequest {
  @IsOptional()
  @IsIn(CLASS_NAMES, { message: `must be one of ${CLASS_NAMES.join(', ')}` })
  readonly record_class?: RecordClass;

  @IsOptional()
  @IsNumber({}, NUMBER)
  readonly years?: number;

  @IsOptional()
  @IsNumber({}, NUMBER)
  readonly online_days?: number;

  @IsString(WHY)
  @Length(1, 1000, WHY)
  readonly reason!: string;
}
