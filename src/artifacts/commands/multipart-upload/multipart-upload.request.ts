import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsOptional, IsString, Matches, Max, Min, ValidateNested } from 'class-validator';
import { ToInt } from '../../../http/index.js';

/** As many parts as one completion can name; the client's default of 10 MiB a part makes 48 GiB. */
export const MAX_PARTS = 5000;
const PARTS = { message: `must be a number of parts from 1 to ${MAX_PARTS}; make them larger` };
const TEXT = { message: 'must be a string' };

export class CreateUploadRequest {
  /** The file where the client has it; only its last name counts. */
  @IsString(TEXT)
  path!: string;

  @IsOptional()
  @ToInt()
  @IsInt(PARTS)
  @Min(1, PARTS)
  @Max(MAX_PARTS, PARTS)
  num_parts?: number;
}

export class UploadRequest {
  @IsString(TEXT)
  path!: string;

  @IsString(TEXT)
  upload_id!: string;
}

export class PartRequest {
  @ToInt()
  @IsInt({ message: 'must be a whole number' })
  part_number!: number;

  /** What the upload of the part answered, with or without its quotes. */
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.replace(/^"(.*)"$/, '$1') : value))
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be the ETag that the part was answered' })
  etag!: string;
}

export class CompleteUploadRequest extends UploadRequest {
  @IsArray({ message: 'must be a list of {part_number, etag}' })
  @ArrayMaxSize(MAX_PARTS, { message: `must have at most ${MAX_PARTS} parts` })
  @ValidateNested({ each: true })
  @Type(() => PartRequest)
  parts!: PartRequest[];
}
