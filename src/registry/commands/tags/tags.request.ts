import { IsOptional, IsString } from 'class-validator';
import { NameRequest, VersionRequest } from '../../requests.js';

const TEXT = { message: 'must be a string' };

export class DeleteModelTagRequest extends NameRequest {
  @IsString(TEXT)
  key!: string;
}

export class SetModelTagRequest extends DeleteModelTagRequest {
  @IsOptional()
  @IsString(TEXT)
  value?: string;
}

export class DeleteVersionTagRequest extends VersionRequest {
  @IsString(TEXT)
  key!: string;
}

export class SetVersionTagRequest extends DeleteVersionTagRequest {
  @IsOptional()
  @IsString(TEXT)
  value?: string;
}
