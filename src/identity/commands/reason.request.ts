import { IsOptional, IsString } from 'class-validator';

/** For requests that say nothing but, perhaps, why. The body may be missing. */
export class ReasonRequest {
  @IsOptional()
  @IsString()
  readonly reason?: string;
}
