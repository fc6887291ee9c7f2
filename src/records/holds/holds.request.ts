import { IsBoolean, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { Strict } from '../../http/index.js';

const WHY = { message: 'says why, in 1 to 1000 characters' };

/** On one person, one model, or everything: exactly one of the three. */
@Strict()
export class PlaceHoldRequest {
  @IsOptional()
  @IsString()
  @MaxLength(80)
  readonly user_id?: string;

  /** A registered model's name. */
  @IsOptional()
  @IsString()
  @MaxLength(256)
  readonly model?: string;

  @IsOptional()
  @IsBoolean()
  readonly everything?: boolean;

  @IsString(WHY)
  @Length(1, 1000, WHY)
  readonly reason!: string;
}

@Strict()
export class LiftHoldRequest {
  @IsString(WHY)
  @Length(1, 1000, WHY)
  readonly reason!: string;
}
