import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';
import { VersionRequest } from '../requests.js';

const TEXT = { message: 'must be a string' };
const FLAG = { message: 'must be true or false' };
const LONGEST = { message: 'must be at most 1000 characters' };

export class TransitionRequestsRequest extends VersionRequest {}

class AboutStageRequest extends VersionRequest {
  @IsString(TEXT)
  stage!: string;

  @IsOptional()
  @IsString(TEXT)
  @MaxLength(1000, LONGEST)
  comment?: string;
}

export class CreateTransitionRequest extends AboutStageRequest {
  /** Ours: Databricks asks for it when the request is approved; here what is approved is what was asked for. */
  @IsOptional()
  @IsBoolean(FLAG)
  archive_existing_versions?: boolean;
}

export class DecideTransitionRequest extends AboutStageRequest {
  @IsOptional()
  @IsBoolean(FLAG)
  archive_existing_versions?: boolean;

  /** Ours: the one-time code of whoever has a second factor. */
  @IsOptional()
  @IsString(TEXT)
  @MaxLength(100, { message: 'must be at most 100 characters' })
  code?: string;
}

export class DeleteTransitionRequest extends AboutStageRequest {
  /** Login or id of who asked for it. */
  @IsString(TEXT)
  creator!: string;
}

export class DatabricksTransitionRequest extends AboutStageRequest {
  @IsBoolean(FLAG)
  archive_existing_versions!: boolean;
}
