import { IsNotEmpty, IsOptional, IsString, Matches } from 'class-validator';
import { Strict } from '../../../http/index.js';

const RUN_ID = /^[0-9a-f]{32}$/;

export class ListArtifactsRequest {
  @IsNotEmpty({ message: 'it is empty' })
  @IsString({ message: 'must be a string' })
  run_id!: string;

  @IsOptional()
  @IsString({ message: 'must be a string' })
  path?: string;
}

export class ListProxiedArtifactsRequest {
  @IsString({ message: 'must be a string' })
  path!: string;
}

@Strict()
export class ListArtifactVersionsRequest {
  @Matches(RUN_ID, { message: 'must be a run id, 32 hex digits' })
  run_id!: string;

  @IsString({ message: 'must be a string' })
  path!: string;
}
