import { Transform, Type } from 'class-transformer';
import { IsArray, IsNotEmpty, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';

const TEXT = { message: 'must be a string' };

/** Numbers are welcome where MLflow has a decimal string. */
export const ToText = () =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'number' ? String(value) : value));

export class NameRequest {
  @IsNotEmpty({ message: 'it is empty' })
  @IsString(TEXT)
  name!: string;
}

export class VersionRequest extends NameRequest {
  @ToText()
  @Matches(/^[1-9]\d{0,8}$/, { message: 'must be a version number' })
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
