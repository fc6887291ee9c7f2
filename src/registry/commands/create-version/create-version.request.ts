import { IsOptional, IsString } from 'class-validator';
import { CreateRequest } from '../../requests.js';

const TEXT = { message: 'must be a string' };

export class CreateModelVersionRequest extends CreateRequest {
  @IsString(TEXT)
  source!: string;

  @IsOptional()
  @IsString(TEXT)
  run_id?: string;

  @IsOptional()
  @IsString(TEXT)
  run_link?: string;

  @IsOptional()
  @IsString(TEXT)
  model_id?: string;
}
