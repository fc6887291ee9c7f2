import { IsOptional, IsString } from 'class-validator';
import { Strict } from '../../http/index.js';

/** For requests that say nothing but, perhaps, why. The body may be missing. */
@Strict()
export class ReasonRequest {
  @IsOptional()
  @IsString()
  readonly reason?: string;
}
