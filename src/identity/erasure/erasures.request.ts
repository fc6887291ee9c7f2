import { IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { Strict } from '../../http/index.js';

const WHY = { message: 'says why, in 1 to 1000 characters; it stays readable, so it must not name the person' };

/** The person by their id or their login: exactly one of the two. */
@Strict()
export class RequestErasureRequest {
  @IsOptional()
  @IsString()
  @MaxLength(80)
  readonly user_id?: string;

  @IsOptional()
  @IsString()
  @MaxLength(256)
  readonly login?: string;

  @IsString(WHY)
  @Length(1, 1000, WHY)
  readonly reason!: string;
}
