import { IsOptional, IsString } from 'class-validator';
import { Strict } from '../../../http/index.js';

@Strict()
export class ResumeTrainingRequest {
  /** Why; recorded with every event that comes of it. */
  @IsOptional()
  @IsString()
  readonly reason?: string;
}
