import { IsString } from 'class-validator';
import { NameRequest, VersionRequest } from '../../requests.js';

const TEXT = { message: 'must be a string' };

export class AliasRequest extends NameRequest {
  @IsString(TEXT)
  alias!: string;
}

export class SetAliasRequest extends VersionRequest {
  @IsString(TEXT)
  alias!: string;
}
