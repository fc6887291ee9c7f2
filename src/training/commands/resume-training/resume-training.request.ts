import { IsOptional, IsString } from 'class-validator';

export class ResumeTrainingRequest {
  /** Why; recorded with every event that comes of it. */
  @IsOptional()
  @IsString()
  readonly reason?: string;
}
