import { Type } from 'class-transformer';
import { IsArray, IsNotEmpty, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';

const TEXT = { message: 'must be a string' };

export class NameRequest {
  @IsNotEmpty({ message: 'it is empty' })
  @IsString(TEXT)
  name!: string;
}

export class VersionRequest extends NameRequest {
  @Matches(/^-?\d{1,18}$/, { message: 'must be a version number' })
  @IsString(TEXT)
  version!: string;
}

export class TagRequest {
  @IsString(TEXT)
  key!: string;

  @IsOptional()
  @IsString(TEXT)
  value?: string;
}

/** What a model and a version may bring along when they are created. */
export class CreateRequest extends NameRequest {
  @IsOptional()
  @IsArray({ message: 'must be a list of {key, value}' })
  @ValidateNested({ each: true })
  @Type(() => TagRequest)
  tags?: TagRequest[];

  @IsOptional()
  @IsString(TEXT)
  description?: string;
}
