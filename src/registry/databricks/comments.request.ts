import { IsString, MaxLength } from 'class-validator';
import { VersionRequest } from '../requests.js';

const TEXT = { message: 'must be a string' };
const LONGEST = { message: 'must be at most 10000 characters' };

export class CreateCommentRequest extends VersionRequest {
  @IsString(TEXT)
  @MaxLength(10_000, LONGEST)
  comment!: string;
}

export class UpdateCommentRequest {
  @IsString(TEXT)
  id!: string;

  @IsString(TEXT)
  @MaxLength(10_000, LONGEST)
  comment!: string;
}

export class DeleteCommentRequest {
  @IsString(TEXT)
  id!: string;
}
