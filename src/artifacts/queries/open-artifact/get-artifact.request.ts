import { IsOptional, IsString } from 'class-validator';

export class GetArtifactRequest {
  @IsOptional()
  @IsString({ message: 'must be a string' })
  run_id?: string;

  /** The older name of `run_id`. */
  @IsOptional()
  @IsString({ message: 'must be a string' })
  run_uuid?: string;

  @IsString({ message: 'must be a string' })
  path!: string;
}
